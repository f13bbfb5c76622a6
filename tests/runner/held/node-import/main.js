const path = require("path");
console.log(require("./lib/a.js"), require("./data.json"), require.resolve("./lib/a"));
import("./more.mjs").then(async (m) => {
  console.log(m.default, m.url, m.main);
  console.log(path.basename((await import("./lib/a.js")).default.name));
});
