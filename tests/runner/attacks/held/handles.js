// claim: a Node that was waiting holds nothing of its waiting: no handle, no descriptor, no module in reach
// status: ok
// prints: held
const { readdirSync, readlinkSync } = require("node:fs");
const { held } = require("./attempt.js");
for (const n of readdirSync("/proc/self/fd").filter((n) => n > 2)) {
  let to = "";
  try {
    to = readlinkSync(`/proc/self/fd/${n}`);
  } catch {
    continue;
  }
  if (/^socket:|^pipe:\[/.test(to) && n > 24) console.log("ESCAPED:", n, to);
  if (/viva|memfd/.test(to)) console.log("ESCAPED:", n, to);
}
for (const name of Object.keys(require.cache)) if (!name.startsWith("/w/")) console.log("ESCAPED: the module", name);
if (process.argv.length !== 2 || !/main\.js$/.test(process.argv[1])) console.log("ESCAPED: arguments", process.argv);
if (require.main !== module) console.log("ESCAPED: not the main module");
held();
