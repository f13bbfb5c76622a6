/*
 * redis.mjs - the stack's Redis: to look at what no API shows, and to lose what no API loses.
 *
 *   assert.equal(redis("XLEN", `doc:{${room.id}}:code:log`), "512");
 *   const heard = await monitor(room.id);          what the functions ask about this room, from here on
 *   ...
 *   await heard.until("XRANGE");                   the functions have asked for this
 *   const commands = await heard.end();            ["EVALSHA", "HMGET", ...]; not what scripts do by themselves
 */
import { execFileSync, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { state } from "./stack.mjs";
import { waitFor } from "./wait.mjs";

/* A client who may everything (schemas/redis.acl): what to spawn. */
function client(socket, ...args) {
  const [user, password] = readFileSync(join(state, "run/secrets/operator/redis.pass"), "utf8").trim().split(" ");
  return ["redis-cli", ["-s", socket, "--user", user, ...args], { env: { PATH: process.env.PATH, REDISCLI_AUTH: password } }];
}

/* Of another Redis that has the stack's users. */
export function redisAt(socket, ...args) {
  const [program, words, options] = client(socket, ...args);
  return execFileSync(program, words, { ...options, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
}

const own = join(state, "run/redis.sock");
export const redis = (...args) => redisAt(own, ...args);

export async function monitor(match) {
  const [program, args, options] = client(own, "MONITOR");
  const child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "inherit"] });
  const lines = [];

  createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  await waitFor(() => lines.includes("OK"), { what: "MONITOR" });
  const told = () => {
    const asked = lines.filter((line) => line.includes(match) && !/^\S+ \[\d+ lua\]/.test(line));
    return asked.map((line) => /^\S+ \[[^\]]*\] "(\w+)"/.exec(line)[1].toUpperCase());
  };
  return {
    until: (command) => waitFor(() => told().includes(command), { what: `${command} of ${match}` }),
    end: async () => {
      /* Redis tells in order: what comes behind this has not been asked before it. */
      redis("ECHO", `the end of ${match}`);
      await waitFor(() => told().at(-1) === "ECHO", { what: "the end of MONITOR" });
      child.kill();
      return told().slice(0, -1);
    },
  };
}
