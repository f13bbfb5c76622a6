const lines = require("readline").createInterface({ input: process.stdin, output: process.stdout });
lines.question("name? ", (name) => {
  console.log("hello", name);
  const rest = [];
  lines.on("line", (l) => rest.push(l)).on("close", () => console.log(rest));
});
