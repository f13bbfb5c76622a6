console.log("before");
process.on("exit", () => console.log("never"));
process.kill(process.pid, "SIGTERM");
setInterval(() => {}, 1000);
