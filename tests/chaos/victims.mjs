/*
 * victims.mjs - the processes of the stack under test, to be killed by name.
 *
 * Several stacks may run on a machine; ours is the one whose mount namespace has our state directory at
 * /run/viva/state (infra/machine/README.md). Only root can look.
 */
import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { processes, state } from "../lib/stack.mjs";
import { waitFor } from "../lib/wait.mjs";
import { engine } from "../runner/host.mjs";

/* A file by what it is, not by what it is called. */
const id = (path) => {
  try {
    const { dev, ino } = statSync(path);
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
};

const read = (path) => {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return "";
  }
};

/* Of our stack, those with this name. */
export function running(name) {
  const ours = id(state);
  return processes()
    .filter(({ pid }) => read(`/proc/${pid}/comm`) === name && id(`/proc/${pid}/root/run/viva/state`) === ours)
    .map(({ pid }) => pid);
}

const worker = (instance) => () => {
  const master = Number(read(join(state, `run/${instance}.pid`)));
  return processes().filter((p) => p.parent === master).map(({ pid }) => pid).slice(0, 1);
};

/* name -> the process ids to kill, found when asked. */
export const victims = {
  "a gateway worker": worker("gateway"),
  "a realtime worker": worker("realtime"),
  "all docs workers": () => running("docs"),
  Redis: () => running("redis-server"),
  PostgreSQL: () => [Number(read(join(state, "pg/postmaster.pid")).split("\n")[0])],
  "the dispatcher": () => running("dispatch"),
  "the runner": () => running("runner"),
  dockerd: () => running("dockerd"),
};

/* Whoever is gone already, since another of them was killed, hears nothing. */
export function signal(pids, name) {
  for (const pid of pids)
    try {
      process.kill(pid, name);
    } catch (error) {
      if (error.code !== "ESRCH") throw error;
    }
}

/* kill -9; the ids of those that died. */
export function kill(name) {
  const pids = victims[name]();
  assert.ok(pids.length > 0, `${name}: nothing runs that could be killed`);
  signal(pids, "SIGKILL");
  return pids;
}

/*
 * Its service has started another than those that died. A new engine ends the containers of the one before as it begins, and
 * answers when it has: until then it may take away what was given a container meanwhile.
 */
export async function again(name, dead) {
  await waitFor(() => victims[name]().some((pid) => pid && !dead.includes(pid)), { within: 120_000, what: `${name} to be started again` });
  const answers = () => engine("GET", "/_ping").then(() => true);
  if (name === "dockerd") await waitFor(answers, { within: 120_000, every: 100, what: "the engine to answer" });
}
