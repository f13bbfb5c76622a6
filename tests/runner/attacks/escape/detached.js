// claim: a detached child of JavaScript dies with its run
// status: ok
// prints: done
// never: survived
const { spawn } = require("node:child_process");
spawn("sh", ["-c", "trap '' HUP TERM; sleep 30; echo survived"], { detached: true, stdio: ["ignore", "inherit", "inherit"] }).unref();
console.log("done");
process.exit(0);
