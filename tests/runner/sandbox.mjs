/*
 * sandbox.mjs - running programs as a person does, and looking at what is left of them on the machine.
 *
 *   const run = await python("print(1)");              // submitted, ended
 *   run.status, run.exit_code, run.stdout, run.stderr, run.chunks
 *
 * Images are still being made while the first tests run: a language is waited for, for as long as a slow machine takes.
 * A person may ask for 60 runs a minute: after some runs it is somebody else's turn, in a room of their own.
 */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { api, waitFor } from "../lib/api.mjs";
import { state } from "../lib/stack.mjs";

const TURN = 40;
const PLACES = 4;
const places = [];
let asked = 0;

async function arrive() {
  const ann = await api.signup({ name: "Ann" });
  return { ann, room: await api.room(ann) };
}

/* Somebody who may run things, and their room: each in turn, for a room may have five runs at a time. */
export async function place() {
  const at = asked++ % PLACES;
  if (!places[at] || places[at].runs >= TURN) places[at] = { runs: 0, arrived: arrive() };
  places[at].runs++;
  return places[at].arrived;
}

/* A language that is ready, or will be within twenty minutes; why not is said. */
export async function ready(name) {
  const look = async () => (await api.anyone().get("/api/languages")).body.languages.find((l) => l.name === name);
  const said = await look();
  assert.ok(said, `${name} is known`);
  const now = async () => (await look()).ready && look();
  return said.ready ? said : waitFor(now, { within: 1_200_000, every: 500, what: `the sandbox of ${name} (${said.detail})` });
}

export const get = (person, run) => person.must(200, "GET", `/api/runs/${run.id}`);

/* Waits for a run to end: it may wait for others, be compiled for a minute and run for another, and a machine may be slow. */
export const ended = (person, run, within = 200_000) =>
  waitFor(
    async () => {
      const now = await get(person, run);
      return now.ended_at && now;
    },
    { within, every: 25, what: `run ${run.id} to end` },
  );

/* All chunks of a run that has ended, page by page. */
export async function chunksOf(person, run) {
  const chunks = [];
  for (;;) {
    const page = await person.must(200, "GET", `/api/runs/${run.id}/output?after=${chunks.at(-1)?.seq ?? 0}`);
    chunks.push(...page.chunks);
    if (page.done) return chunks;
  }
}

export const text = (chunks, stream) => chunks.filter((c) => c.stream === stream).map((c) => c.data).join("");

const waited = new Map(); /* language: when it is ready */

export async function submit(body) {
  if (!waited.has(body.language)) waited.set(body.language, ready(body.language));
  await waited.get(body.language);
  const { ann, room } = await place();
  return { ann, room, run: await ann.must(202, "POST", `${room.path}/runs`, body) };
}

/*
 * Submits, waits, reads all of it. The chunks are numbered from 1 without a gap: checked for every run. What is not about
 * time has a minute of it: the machine may be busy.
 */
export async function run(body) {
  const { ann, run: asked } = await submit({ wall_ms: 60_000, ...body });
  const done = await ended(ann, asked);
  const chunks = await chunksOf(ann, done);
  assert.deepEqual(chunks.map((c) => c.seq), chunks.map((_, i) => i + 1));
  return { ...done, chunks, stdout: text(chunks, "stdout"), stderr: text(chunks, "stderr") };
}

export const python = (content, more = {}) =>
  run({ language: "python", files: [{ path: "main.py", content }], ...more });
export const javascript = (content, more = {}) =>
  run({ language: "javascript", files: [{ path: "main.js", content }], ...more });

/* The containers of this stack, by the folders that the runner keeps for each. */
export const boxes = () => readdirSync(join(state, "run/jobs")).filter((name) => name.startsWith("viva-"));
