process.on("exit", (code) => {
  console.log("exit", code);
  process.exitCode = 9;
});
setTimeout(() => console.log("never"), 1000);
process.stdout.write("x".repeat(100));
process.exit(7);
