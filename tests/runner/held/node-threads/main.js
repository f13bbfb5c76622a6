const { Worker, isMainThread, parentPort, threadId } = require("worker_threads");
const { execFileSync, fork } = require("child_process");
if (process.argv[2] === "forked") {
  process.send([process.argv, process.execArgv, process.env, Object.keys(require.cache)]);
  process.disconnect();
} else if (isMainThread) {
  new Worker(__filename).on("message", (m) => {
    console.log("worker", m);
    fork(__filename, ["forked"]).on("message", (f) => {
      console.log("fork", f.map((x) => (x.NODE_CHANNEL_FD ? Object.keys(x) : x)));
      console.log(execFileSync("env", { encoding: "utf8" }));
      console.log(execFileSync(process.execPath, ["-p", "[process.argv, process.execArgv]"], { encoding: "utf8" }));
    });
  });
} else {
  parentPort.postMessage([threadId, process.argv, process.execArgv, process.env, Object.keys(require.cache), require.main === module]);
}
