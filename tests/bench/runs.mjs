/*
 * runs.mjs - from submitting a program over HTTP to the first byte of its output at a WebSocket, and to its result: ours,
 * beside `docker run` of the same image and the interpreter alone with the same file. Then what a compiled language
 * costs whose program was compiled before. What happens when many run at once is in busy.mjs.
 *
 * One run at a time, so that what is measured is waiting, not queueing. A pause before each lets the pool refill, as it
 * would between people: what a run without a warm container takes is another figure (the sustained one has it).
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { api, waitFor } from "../lib/api.mjs";
import { measureBusy } from "./busy.mjs";
import { quiet } from "./proc.mjs";
import { compileTimes, dockerEnv, ended, place } from "./runner.mjs";

const PROGRAMS = [
  { language: "python", file: "main.py", source: "print('hello')\n", command: "/usr/bin/python3" },
  { language: "javascript", file: "main.js", source: "console.log('hello')\n", command: "/usr/bin/node" },
];
const COMPILED = [
  { language: "c", file: "main.c", source: '#include <stdio.h>\nint main(void) { puts("hello"); }\n' },
  { language: "go", file: "main.go", source: 'package main\nimport "fmt"\nfunc main() { fmt.Println("hello") }\n' },
  { language: "java", file: "Main.java", source: 'class Main { public static void main(String[] a) { System.out.println("hello"); } }\n' },
  { language: "rust", file: "main.rs", source: 'fn main() { println!("hello"); }\n' },
];
const PLAIN = { language: "bash", file: "main.sh", source: "echo hello\n" };
const REFILL_MS = 700;
const IMAGES_MS = 45 * 60_000;
const SETTLE_MS = 120_000;

/* The value below which this part of all lie. */
function quantile(values, part) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
}
const median = (values) => quantile(values, 0.5);
const p95 = (values) => quantile(values, 0.95);

/*
 * Milliseconds from starting a command to the first byte it prints. A command has its whole path: what stands before the
 * interpreter in somebody's PATH (a version manager's script) may take longer than the interpreter.
 */
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

/* One run: milliseconds to the first byte and to the result as they come out of the socket; and its processor time. */
async function once(at, { language, file, source }) {
  const came = [];
  const hear = (data) => came.push([performance.now(), JSON.parse(data)]);
  at.events.ws.on("message", hear);
  const began = performance.now();
  const run = await api.run(at.ann, at.room, source, { language, file });
  await at.events.next((e) => ended(e, run.id), { within: 60000 });
  at.events.ws.off("message", hear);
  const first = came.find(([, e]) => e.type === "run_output" && e.run === run.id);
  const [end, done] = came.find(([, e]) => ended(e, run.id));
  if (first === undefined || done.run.status !== "ok") throw new Error(`run ${run.id}: ${done.run.status}, ${done.run.detail}`);
  return { first: first[0] - began, end: end - began, cpu: done.run.cpu_ms };
}

/* The same, `count` times, after one that is not counted. */
async function ours(program, count) {
  const took = { first: [], end: [], cpu: [] };
  let at = await place(program.language);

  await once(at, program);
  for (let i = 0; i < count; i++) {
    if (at.runs++ === 40) {
      await at.events.close();
      at = await place(program.language);
    }
    await setTimeout(REFILL_MS);
    for (const [key, value] of Object.entries(await once(at, program))) took[key].push(value);
  }
  await at.events.close();
  return took;
}

async function repeat(count, once) {
  const took = [];
  await once(); /* files into memory first, for everybody */
  for (let i = 0; i < count; i++) took.push(await once());
  return took;
}

const installed = (command) => (process.env.PATH ?? "").split(":").some((dir) => existsSync(resolve(dir, command)));

const languages = async () => (await api.anyone().get("/api/languages")).body.languages;

/* The sandbox image of a language, as the API names it. */
const imageOf = async (language) => (await languages()).find(({ name }) => name === language)?.image;

/* A new machine makes the sandboxes of most languages while people work: that is over, and so is what it left behind. */
async function settled(say) {
  const missing = async () => (await languages()).filter(({ ready }) => !ready).map(({ name }) => name);
  const first = await missing();
  if (first.length > 0) say(`  waiting for the sandboxes of ${first.join(", ")}`);
  await waitFor(async () => (await missing()).length === 0, { within: IMAGES_MS, what: "every language's sandbox" });
  const idle = await quiet(0.9, SETTLE_MS);
  if (idle < 0.9) say(`  the machine is not quiet (${(idle * 100).toFixed(0)} % of it is idle): what follows is disturbed`);
}

async function interpreted(program, count, folder, add) {
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
    const docker = ["docker", "run", "--rm", "--network", "none", "-v", mount, "--entrypoint", command, image, `/w/${file}`];
    compare("docker run", await repeat(count, () => firstByte(docker, dockerEnv)));
  }
  add(`run ${language}: result, median`, "ms", null, median(took.end), null, count);
  add(`run ${language}: result, p95`, "ms", null, p95(took.end), null, count);
  add(`run ${language}: processor time, p95 over median`, "ratio", null, p95(took.cpu) / Math.max(1, median(took.cpu)), null, count);
}

/*
 * What the compile step of a run costs that finds its program in the cache, by the runner's own clock, beside the same
 * step where it does not. To the first byte, beside a script in the same kind of container: the program's start is in it.
 */
async function compiled(program, count, plain, add) {
  const { language } = program;
  const before = await compileTimes(language);
  const took = await ours({ ...program, source: `${program.source}// ${Date.now()}\n` }, count);
  const after = await compileTimes(language);
  const mean = (from) => ((after[from].sum - before[from].sum) * 1000) / (after[from].n - before[from].n);
  add(`run ${language}: compile step, mean`, "ms", "the compiler", mean("cache"), mean("compiler"), after.cache.n - before.cache.n);
  add(`run ${language}: first byte, compiled before, median`, "ms", "a script of Bash", median(took.first), median(plain.first), count);
  add(`run ${language}: first byte, compiled before, p95`, "ms", "a script of Bash", p95(took.first), p95(plain.first), count);
}

/* Rows of {name, unit, peer, ours, theirs, n}; times in ms. */
export async function measureRuns(count, seconds, say) {
  const rows = [];
  const folder = mkdtempSync(join(tmpdir(), "viva-bench-runs-"));
  const add = (name, unit, peer, our, theirs, n) => {
    rows.push({ name, unit, peer, ours: our, theirs, n });
    say(`  ${name}: ${peer ? `${peer} ${theirs.toFixed(1)}, ` : ""}Viva ${our.toFixed(1)} ${unit}`);
  };
  try {
    await settled(say);
    for (const program of PROGRAMS) await interpreted(program, count, folder, add);
    const plain = await ours(PLAIN, count);
    for (const program of COMPILED) await compiled(program, count, plain, add);
    await measureBusy(PROGRAMS[0], await imageOf("python"), count, seconds, add, say);
  } finally {
    rmSync(folder, { recursive: true });
  }
  return rows;
}
