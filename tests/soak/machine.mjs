/*
 * machine.mjs - what a soak looks at from outside: memory of processes, containers of the engine, free slots.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import { processes, state } from "../lib/stack.mjs";
import { api, waitFor } from "../lib/api.mjs";
import { victims } from "../chaos/victims.mjs";
import { boxes } from "../runner/sandbox.mjs";

const read = (path) => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
};

/* Our stack's engine, or the machine's, if it is that which is used. */
const engine = () => victims.dockerd()[0] ?? processes().find(({ pid }) => read(`/proc/${pid}/comm`) === "dockerd\n")?.pid;
const kB = (pid) => Number(/^VmRSS:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);

export const memory = () => ({ runner: kB(victims["the runner"]()[0]), dockerd: kB(engine()) });

/* kB a run, by least squares: [{runs, kB}] */
export function slope(points) {
  const n = points.length;
  const mean = (list) => list.reduce((sum, x) => sum + x, 0) / n;
  const [mx, my] = [mean(points.map((p) => p.runs)), mean(points.map((p) => p.kB))];
  const over = points.reduce((sum, p) => sum + (p.runs - mx) * (p.kB - my), 0);
  return over / points.reduce((sum, p) => sum + (p.runs - mx) ** 2, 0);
}

/* The engine's socket as seen from here: one of our own lies in the state directory. */
const socket = () => read(join(state, "conf/engine")).trim().replace("/run/viva/state", state);

function ask(path) {
  return new Promise((done, fail) => {
    http.get({ socketPath: socket(), path }, (reply) => {
      let text = "";
      reply.on("data", (data) => (text += data)).on("end", () => done(JSON.parse(text)));
    }).on("error", fail);
  });
}

/* Names of all containers, running or not, that are labelled as this stack's. */
export async function containers() {
  const filters = encodeURIComponent(JSON.stringify({ label: [`viva.jobs=${join(state, "run/jobs")}`] }));
  return (await ask(`/containers/json?all=1&filters=${filters}`)).map(({ Names: [name] }) => name.slice(1));
}

/* Until the engine has just those containers that the runner has folders for, all of them warm; what is wrong, or nothing. */
export async function leaked(within = 120_000) {
  try {
    await waitFor(async () => {
      const [there, known] = [(await containers()).sort(), boxes().sort()];
      const young = known.every((name) => Date.now() - statSync(join(state, "run/jobs", name)).ctimeMs < 3_600_000);
      return young && JSON.stringify(there) === JSON.stringify(known);
    }, { within, every: 1000, what: "containers and folders to be the same" });
    return [];
  } catch {
    return [`the engine has ${await containers()}, the runner ${boxes()}`];
  }
}

/* As many programs as there are slots run at the same time: none of them is stuck. */
export async function stuck(slots = Number(process.env.VIVA_SLOTS ?? 4)) {
  const people = await Promise.all(Array.from({ length: slots }, () => api.signup()));
  const all = await Promise.all(people.map(async (ann) => {
    const room = await api.room(ann);
    return [ann, await api.run(ann, room, "import time\ntime.sleep(60)\n", { wall_ms: 90_000 })];
  }));
  const states = () => Promise.all(all.map(async ([ann, run]) => (await ann.must(200, "GET", `/api/runs/${run.id}`)).status));
  try {
    await waitFor(async () => (await states()).every((status) => status === "running"), { within: 45_000, every: 200 });
    return [];
  } catch {
    return [`of ${slots} slots not all run: ${await states()}`];
  } finally {
    for (const [ann, run] of all) await ann.must(202, "POST", `/api/runs/${run.id}/cancel`);
  }
}

/* The inits of our containers: theirs is what our folder of jobs is mounted into. */
export const inits = () =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && read(`/proc/${name}/comm`) === "init\n")
    .filter((name) => read(`/proc/${name}/mountinfo`).includes(`${join(state, "run/jobs")}/`))
    .map(Number);
