// claim: workers are threads, and threads are few
// wall: 6000
// status: runtime_error memory_limit time_limit ok
// never: a hundred workers
const { Worker } = require("node:worker_threads");
for (let i = 0; i < 100; i++) new Worker("setInterval(() => {}, 1000)", { eval: true }).on("error", () => process.exit(3));
setTimeout(() => console.log("a hundred workers"), 60000);
