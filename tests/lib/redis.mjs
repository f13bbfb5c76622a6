/*
 * redis.mjs - the stack's Redis: to look at what no API shows, and to lose what no API loses.
 *
 *   assert.equal(redis("XLEN", `doc:{${room.id}}:code:log`), "512");
 *   const heard = await monitor(room.id);          what the functions ask about this room, from here on
 *   ...
 *   const commands = await heard();                ["EVALSHA", "HMGET", ...]; not what scripts do by themselves
 */
import { execFileSync, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { state } from "./stack.mjs";
import { waitFor } from "./wait.mjs";

const client = (...args) => ["-s", join(state, "run/redis.sock"), ...args];

export const redis = (...args) => execFileSync("redis-cli", client(...args), { encoding: "utf8" }).trim();

export async function monitor(match) {
  const child = spawn("redis-cli", client("MONITOR"), { stdio: ["ignore", "pipe", "inherit"] });
  const lines = [];

  createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  await waitFor(() => lines.includes("OK"), { what: "MONITOR" });
  return async () => {
    /* Redis tells in order: what is told after this mark came after all that was asked before it. */
    const mark = `${match}-${process.hrtime.bigint()}`;
    redis("ECHO", mark);
    await waitFor(() => lines.some((line) => line.includes(mark)), { what: "the end of MONITOR" });
    child.kill();
    const asked = lines.filter((line) => line.includes(match) && !line.includes(mark) && !/^\S+ \[\d+ lua\]/.test(line));
    return asked.map((line) => /^\S+ \[[^\]]*\] "(\w+)"/.exec(line)[1].toUpperCase());
  };
}
