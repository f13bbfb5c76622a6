/*
 * hold.js - holds an interpreter that was started ahead of its program: see runner/init/hold.h.
 *
 * Node runs it by --require before it looks at the main file, and again in each worker, which inherits the option. It
 * leaves nothing behind that a program could stumble over: not the option, not the variable, not itself.
 */
"use strict";

{
  const fs = require("fs");
  const at = process.execArgv.indexOf("--require");
  if (at >= 0 && process.execArgv[at + 1] === __filename) process.execArgv.splice(at, 2);
  delete require.cache[__filename];
  for (const key of Object.keys(module.constructor._pathCache))
    if (key.startsWith(__filename)) delete module.constructor._pathCache[key];

  const door = Number(process.env.VIVA_HOLD);
  if (door > 0) {
    delete process.env.VIVA_HOLD;
    require("net"); /* a pipe's stdout is one of its sockets: Node would look for it at the first console.log */
    fs.writeSync(door, ".");
    fs.readSync(door, Buffer.alloc(1));
    fs.closeSync(door);
    process.chdir("/w");
  }
}
