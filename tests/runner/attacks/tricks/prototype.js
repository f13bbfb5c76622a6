// claim: JavaScript that poisons its own world harms only itself
// status: ok
// prints: held
const { writeFileSync, writeSync } = require("node:fs");
Object.prototype.toJSON = () => "poison";
Object.prototype.then = undefined;
Array.prototype.push = () => 0;
Function.prototype.call = () => {};
try {
  writeFileSync("/usr/lib/node_modules/x", "x");
  writeSync(1, "ESCAPED\n");
} catch {}
try {
  process.binding("spawn_sync");
  process._debugProcess(1);
  writeSync(1, "ESCAPED\n");
} catch {}
writeSync(1, "held\n");
