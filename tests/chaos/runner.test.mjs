/*
 * runner.test.mjs - runs go on, start over or end, once, when the runner or what it needs is killed under them.
 *
 * A program whose output was seen is never run twice; one that had said nothing is.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { api, waitFor } from "../lib/api.mjs";
import { boxes, chunksOf, ended, text } from "../runner/sandbox.mjs";
import { inits } from "../soak/machine.mjs";
import { audience } from "./runs.mjs";
import { again, kill, signal, victims } from "./victims.mjs";

const here = audience();
const { running } = here;

const program = (content, wall_ms = 60_000) => api.run(here.ann, here.room, content, { wall_ms });
const printed = (run) =>
  waitFor(async () => (await here.ann.must(200, "GET", `/api/runs/${run.id}/output`)).chunks.length > 0, {
    within: 60_000,
    what: "the program to print",
  });

/* How it ended, what it printed; and that it ended once for the database and once for who listened. */
async function outcome(run) {
  const done = await ended(here.ann, run, 120_000);
  const chunks = await chunksOf(here.ann, done);
  assert.deepEqual(chunks.map((c) => c.seq), chunks.map((_, i) => i + 1));
  const ends = here.heard("run", run).filter((e) => e.run.ended_at);
  assert.ok(ends.length <= 1, `${ends.length} terminal events`);
  const seen = here.heard("run_output", run).map((e) => e.chunk.seq);
  assert.deepEqual(seen, [...new Set(seen)], "no chunk was shown twice");
  return { ...done, stdout: text(chunks, "stdout") };
}

/*
 * In one piece: an unbuffered print() writes the end of its line apart, and the kill may come between. Both go on for long
 * enough to be looked at and killed before they end.
 */
const SPEAKS = "import os, time\nos.write(1, b'seen\\n')\ntime.sleep(20)\nprint('end')\n";
const SILENT = "import time\ntime.sleep(8)\nprint('once')\n";

test("the runner killed: what was seen is kept and not run again; what was silent starts over", { timeout: 240_000 }, async () => {
  const [seen, silent] = [await program(SPEAKS), await program(SILENT)];
  await printed(seen);
  await running(silent);
  const warm = boxes();
  const dead = kill("the runner");
  await again("the runner", dead);
  const first = await outcome(seen);
  assert.deepEqual([first.status, first.stdout], ["runner_lost", "seen\n"]);
  assert.match(first.detail, /runner was lost/);
  const second = await outcome(silent);
  assert.deepEqual([second.status, second.stdout], ["ok", "once\n"]);
  await waitFor(() => !boxes().some((name) => warm.includes(name)), { within: 60_000, what: "what it left to be removed" });
});

test("Redis killed: the program goes on, and no chunk is missing or there twice", { timeout: 240_000 }, async () => {
  const run = await program("import time\nfor i in range(40):\n    print(i)\n    time.sleep(0.1)\n");
  await printed(run);
  await again("Redis", kill("Redis"));
  const done = await outcome(run);
  assert.equal(done.status, "ok");
  assert.equal(done.stdout, [...Array(40).keys()].map((i) => `${i}\n`).join(""));
});

test("PostgreSQL killed as a program ends: the end is stored when it is back", { timeout: 240_000 }, async () => {
  const run = await program("print('seen')\nimport time\ntime.sleep(1)\nprint('end')\n");
  await printed(run);
  await again("PostgreSQL", kill("PostgreSQL"));
  const done = await waitFor(() => outcome(run), { within: 60_000, what: "its end" });
  assert.deepEqual([done.status, done.stdout], ["ok", "seen\nend\n"]);
});

test("every init killed: what was seen is kept, what was silent starts over in another sandbox", { timeout: 240_000 }, async () => {
  const [seen, silent] = [await program(SPEAKS), await program(SILENT)];
  await printed(seen);
  await running(silent);
  signal(inits(), "SIGKILL"); /* some of them may be gone by now */
  const first = await outcome(seen);
  assert.deepEqual([first.status, first.stdout], ["runner_lost", "seen\n"]);
  const second = await outcome(silent);
  assert.deepEqual([second.status, second.stdout], ["ok", "once\n"]);
  assert.equal((await outcome(await program("print('new')"))).stdout, "new\n");
});

test("the engine killed: runs end once, and new ones run", { timeout: 240_000 }, async (t) => {
  if (victims.dockerd().length === 0) return t.skip("the engine is the machine's, not the stack's");
  const [seen, silent] = [await program(SPEAKS), await program(SILENT)];
  await printed(seen);
  await running(silent);
  await again("dockerd", kill("dockerd"));
  const first = await outcome(seen);
  if (first.status === "ok") assert.equal(first.stdout, "seen\nend\n");
  else assert.deepEqual([first.status, first.stdout], ["runner_lost", "seen\n"]);
  const second = await outcome(silent);
  assert.deepEqual([second.status, second.stdout], ["ok", "once\n"]);
  assert.equal((await outcome(await program("print('new')"))).stdout, "new\n");
});

test("the runner told to stop: it finishes what runs, and takes nothing new", { timeout: 240_000 }, async () => {
  const run = await program(SILENT);
  await running(run);
  const [pid] = victims["the runner"]();
  process.kill(pid, "SIGTERM");
  const next = await program("print('next')");
  assert.deepEqual([(await outcome(run)).stdout, (await outcome(next)).stdout], ["once\n", "next\n"]);
  const { detail, started_at } = await here.ann.must(200, "GET", `/api/runs/${run.id}`);
  assert.equal(detail, undefined);
  assert.ok(started_at < (await outcome(next)).started_at);
  await again("the runner", [pid]);
});

/* One more signal; false when nobody is there to be told. */
function told(pid) {
  try {
    return process.kill(pid, "SIGTERM");
  } catch {
    return false;
  }
}

test("the runner told to stop twice: what was silent is handed back, what was seen ends", { timeout: 240_000 }, async () => {
  const [seen, silent] = [await program(SPEAKS), await program(SILENT)];
  await printed(seen);
  await running(silent);
  const [pid] = victims["the runner"]();
  await waitFor(() => !told(pid), { within: 60_000, every: 100, what: "the runner to end" });
  const first = await outcome(seen);
  assert.deepEqual([first.status, first.stdout], ["runner_lost", "seen\n"]);
  const second = await outcome(silent);
  assert.deepEqual([second.status, second.stdout], ["ok", "once\n"]);
});
