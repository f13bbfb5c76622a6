/*
 * runs.mjs - from submitting a program over HTTP to the first byte of its output at a WebSocket, and to its result: ours,
 * beside `docker run` of the same image and the interpreter alone with the same file. Then: how many runs a second.
 *
 * One run at a time, so that what is measured is waiting, not queueing. A pause before each lets the pool refill, as it
 * would between people: what a run without a warm container takes is another figure (the sustained one has it).
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { api } from "../lib/api.mjs";

const PROGRAMS = [
  { language: "python", file: "main.py", source: "print('hello')\n", command: "python3" },
  { language: "javascript", file: "main.js", source: "console.log('hello')\n", command: "node" },
];
const REFILL_MS = 700;

const ENDED = /^(ok|.*_error|.*_limit|cancelled)$/;

const state = resolve(import.meta.dirname, "../..", process.env.VIVA_STATE);
const ownEngine = join(state, "run/docker.sock");
const dockerEnv = existsSync(ownEngine) ? { ...process.env, DOCKER_HOST: `unix://${ownEngine}` } : process.env;

/* The value below which this part of all lie. */
function quantile(values, part) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
}
const median = (values) => quantile(values, 0.5);
const p95 = (values) => quantile(values, 0.95);

/* Milliseconds from starting a command to the first byte it prints. */
function firstByte([command, ...args], env = process.env) {
  return new Promise((done, fail) => {
    const began = performance.now();
    const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "ignore"] });
    let took;
    child.stdout.once("data", () => (took = performance.now() - began));
    child.on("error", fail);
    child.on("close", (code) =>
      took === undefined ? fail(new Error(`${command} ${args.join(" ")}: exit ${code}, nothing printed`)) : done(took),
    );
  });
}

/* A person may run 60 programs a minute: after some it is somebody else's turn. */
async function place(language) {
  const ann = await api.signup();
  const room = await api.room(ann, { language });
  return { ann, room, events: await ann.socket(`${room.ws}/events`), runs: 0 };
}

/* Milliseconds to the first byte and to the result, of each run; and its processor time. */
async function ours({ language, file, source }, count) {
  const took = { first: [], end: [], cpu: [] };
  let at;

  for (let i = 0; i < count; i++) {
    if (!at || at.runs++ === 40) {
      await at?.events.close();
      at = await place(language);
    }
    await setTimeout(REFILL_MS);
    let first;
    const began = performance.now();
    const hear = (data) => {
      if (JSON.parse(data).type === "run_output") first ??= performance.now();
    };
    at.events.ws.on("message", hear);
    const run = await api.run(at.ann, at.room, source, { language, file });
    const done = await at.events.next((e) => e.type === "run" && e.run.id === run.id && ENDED.test(e.run.status), { within: 20000 });
    took.end.push(performance.now() - began);
    at.events.ws.off("message", hear);
    if (first === undefined || done.run.status !== "ok") throw new Error(`run ${run.id}: ${done.run.status}, ${done.run.detail}`);
    took.first.push(first - began);
    took.cpu.push(done.run.cpu_ms);
  }
  await at.events.close();
  return took;
}

/* Runs a second, by as many people at once as there are slots and some more, none of them waiting in between. */
async function sustained({ language, file, source }, count) {
  const people = await Promise.all(Array.from({ length: 8 }, () => place(language)));
  const began = performance.now();
  await Promise.all(
    people.map(async ({ ann, room, events }) => {
      for (let i = 0; i < count / people.length; i++) {
        const run = await api.run(ann, room, source, { language, file });
        await events.next((e) => e.type === "run" && e.run.id === run.id && ENDED.test(e.run.status), { within: 120000 });
      }
    }),
  );
  const rate = (count / (performance.now() - began)) * 1000;
  for (const { events } of people) await events.close();
  return rate;
}

/* Containers a second that the engine alone makes, starts and removes, two at a time: no runner could be faster. */
async function churn(image, count) {
  const args = ["run", "--rm", "--network", "none", "--entrypoint", "/bin/true", image];
  const once = () => new Promise((done, fail) => spawn("docker", args, { env: dockerEnv, stdio: "ignore" }).on("close", done).on("error", fail));
  const began = performance.now();
  await Promise.all([0, 1].map(async () => {
    for (let i = 0; i < count / 2; i++) await once();
  }));
  return (count / (performance.now() - began)) * 1000;
}

async function repeat(count, once) {
  const took = [];
  await once(); /* files into memory first, for everybody */
  for (let i = 0; i < count; i++) took.push(await once());
  return took;
}

function installed(command) {
  return (process.env.PATH ?? "").split(":").some((dir) => existsSync(join(dir, command)));
}

/* The sandbox image of a language, as the API names it. */
async function imageOf(language) {
  const { body } = await api.anyone().get("/api/languages");
  return body.languages.find(({ name }) => name === language)?.image;
}

/* Rows of {name, unit, peer, ours, theirs, n}; times in ms. */
export async function measureRuns(count, say) {
  const rows = [];
  const folder = mkdtempSync(join(tmpdir(), "viva-bench-runs-"));
  const add = (name, unit, peer, our, theirs, n) => {
    rows.push({ name, unit, peer, ours: our, theirs, n });
    say(`  ${name}: ${peer ? `${peer} ${theirs.toFixed(1)}, ` : ""}Viva ${our.toFixed(1)} ${unit}`);
  };
  for (const program of PROGRAMS) {
    const { language, file, source, command } = program;
    const took = await ours(program, count);
    const compare = (peer, theirs) => {
      add(`run ${language}: first byte, median`, "ms", peer, median(took.first), median(theirs), count);
      add(`run ${language}: first byte, p95`, "ms", peer, p95(took.first), p95(theirs), count);
    };
    const image = await imageOf(language);
    writeFileSync(join(folder, file), source);
    if (installed(command)) compare("interpreter alone", await repeat(count, () => firstByte([command, join(folder, file)])));
    if (image && installed("docker")) {
      const mount = `${folder}:/w:ro`;
      const docker = ["docker", "run", "--rm", "--network", "none", "-v", mount, "--entrypoint", `/usr/bin/${command}`, image, `/w/${file}`];
      compare("docker run", await repeat(Math.ceil(count / 2), () => firstByte(docker, dockerEnv)));
    }
    add(`run ${language}: result, median`, "ms", null, median(took.end), null, count);
    add(`run ${language}: result, p95`, "ms", null, p95(took.end), null, count);
    add(`run ${language}: processor time, p95 over median`, "ratio", null, p95(took.cpu) / Math.max(1, median(took.cpu)), null, count);
  }
  const floor = await churn(await imageOf("python"), Math.ceil(count / 2));
  add("runs one after the other, without a pause", "ms each", "the engine's containers alone", 1000 / (await sustained(PROGRAMS[0], count * 2)), 1000 / floor, count * 2);
  rmSync(folder, { recursive: true });
  return rows;
}
