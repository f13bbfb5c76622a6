process.on("exit", (code) => console.log("exit", code, process.exitCode));
Promise.reject(new RangeError("nobody cares"));
setTimeout(() => console.log("never"), 100);
