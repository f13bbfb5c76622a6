/*
 * runs.mjs - from submitting a program to the first byte of its output: ours, beside `docker run` of the same image
 * and the interpreter alone.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { api } from "../lib/api.mjs";

const PROGRAMS = [
  { language: "python", file: "main.py", source: "print(1)", command: ["python3", "-c", "print(1)"] },
  { language: "javascript", file: "main.js", source: "console.log(1)", command: ["node", "-e", "console.log(1)"] },
];

const ENDED = /^(ok|.*_error|.*_limit|cancelled)$/;

const state = resolve(import.meta.dirname, "../..", process.env.VIVA_STATE);
const ownEngine = join(state, "run/docker.sock");
const dockerEnv = existsSync(ownEngine) ? { ...process.env, DOCKER_HOST: `unix://${ownEngine}` } : process.env;

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

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

async function ours({ language, file, source }, count) {
  const ann = await api.signup();
  const room = await api.room(ann, { language });
  const events = await ann.socket(`${room.ws}/events`);
  const took = [];

  for (let i = 0; i < count; i++) {
    const began = performance.now();
    let first;
    events.ws.once("message", function output(data) {
      if (JSON.parse(data).type === "run_output") first ??= performance.now();
      else events.ws.once("message", output);
    });
    const run = await api.run(ann, room, source, { language, file });
    await events.next((event) => event.type === "run" && event.run.id === run.id && ENDED.test(event.run.status), { within: 20000 });
    if (first === undefined) throw new Error(`run ${run.id} ended without output`);
    took.push(first - began);
  }
  await events.close();
  return took;
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

/* Rows of {language, peer, ours, theirs, n}; medians in ms. */
export async function measureRuns(count, say) {
  const rows = [];

  for (const program of PROGRAMS) {
    const took = await ours(program, count);
    const add = (peer, theirs) => {
      rows.push({ language: program.language, peer, ours: median(took), theirs: median(theirs), n: count });
      say(`  ${program.language}: ${peer} ${median(theirs).toFixed(0)} ms, Viva ${median(took).toFixed(0)} ms`);
    };
    const image = await imageOf(program.language);
    const docker = ["docker", "run", "--rm", "--network", "none", "--entrypoint", program.command[0], image, ...program.command.slice(1)];
    if (image && installed("docker")) add("docker run", await repeat(Math.ceil(count / 2), () => firstByte(docker, dockerEnv)));
    if (installed(program.command[0])) add("interpreter alone", await repeat(count, () => firstByte(program.command)));
  }
  return rows;
}

