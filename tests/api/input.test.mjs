/*
 * input.test.mjs - typing into a run, as the API shows it: who may, how much, and when. What a program makes of it is
 * the runner's business: tests/runner/typing.test.mjs.
 */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { api, waitFor } from "../lib/api.mjs";

let ann;
let room;

before(async () => {
  ann = await api.signup({ name: "Ann" });
  room = await api.room(ann);
});

const type = (person, run, data, more = {}) => person.post(`/api/runs/${run.id}/input`, { data, ...more });
const waiting = (place = room, person = ann) => api.run(person, place, "import sys\nsys.stdin.read()", { interactive: true, wall_ms: 60_000 });
const stop = (run) => ann.must(202, "POST", `/api/runs/${run.id}/cancel`);

test("a run says whether it may be typed into, and whether it has a terminal", async () => {
  const plain = await api.run(ann, room, "print(1)");
  assert.deepEqual([plain.interactive, plain.terminal], [undefined, undefined]);
  const run = await api.run(ann, room, "input()", { terminal: { rows: 24, columns: 80 } });
  assert.deepEqual([run.interactive, run.terminal], [true, { rows: 24, columns: 80 }]);
  assert.deepEqual((await ann.get(`/api/runs/${run.id}`)).body.terminal, { rows: 24, columns: 80 });
  await stop(run);
  const late = await type(ann, plain, "x");
  assert.deepEqual([late.status, late.problem], [409, "conflict"]);
});

test("whoever may run may type; observers watch, others learn nothing", async () => {
  const run = await waiting();
  for (const role of ["interviewer", "candidate"]) assert.equal((await type(await api.guest(room, role), run, `${role}\n`)).status, 204);
  assert.equal((await type(await api.guest(room, "observer"), run, "x")).problem, "denied");
  const elsewhere = await api.room(ann);
  for (const stranger of [await api.signup(), await api.guest(elsewhere, "interviewer")]) {
    const [real, none] = [await type(stranger, run, "x"), await type(stranger, { id: "A".repeat(22) }, "x")];
    assert.deepEqual([real.status, real.body.detail], [404, none.body.detail]);
  }
  assert.equal((await type(api.anyone(), run, "x")).status, 401);
  const chunks = await waitFor(async () => {
    const page = await ann.must(200, "GET", `/api/runs/${run.id}/output`);
    return page.chunks.length === 2 && page.chunks;
  }, { within: 120_000, what: "what was typed" });
  assert.deepEqual(chunks.map((c) => [c.stream, c.data]), [["stdin", "interviewer\n"], ["stdin", "candidate\n"]]);
  await stop(run);
});

test("what is typed is bounded, at once and in all", async () => {
  const run = await waiting();
  const long = await type(ann, run, "x".repeat(4097));
  assert.deepEqual([long.status, long.errors[0].pointer], [422, "/data"]);
  assert.equal((await type(ann, run, "nul\u0000")).status, 422);
  assert.equal((await ann.post(`/api/runs/${run.id}/input`, { eof: true })).status, 422);
  await stop(run);
  /* Nobody takes what is typed into a run that waits behind others: it fills up, and says so. */
  const place = await api.room(ann);
  const blockers = await Promise.all([1, 2, 3, 4].map(() => waiting(place)));
  const queued = await api.run(ann, place, "import time; time.sleep(60)", { interactive: true, wall_ms: 60_000 });
  let res;
  let taken = 0;
  while ((res = await type(ann, queued, "y".repeat(4096))).status === 204 && taken < 100) taken++;
  assert.deepEqual([res.status, res.problem], [429, "limit"]);
  assert.ok(Number(res.headers["retry-after"]) > 0);
  for (const each of [...blockers, queued]) await stop(each);
});

test("nothing is typed into a run that has ended, nor in a room that has", async () => {
  const place = await api.room(ann);
  const run = await waiting(place);
  await stop(run);
  await waitFor(async () => (await ann.get(`/api/runs/${run.id}`)).body.ended_at, { within: 60_000 });
  assert.equal((await type(ann, run, "x")).problem, "gone");
  const other = await api.run(ann, place, "input()", { interactive: true, wall_ms: 5000 });
  await ann.must(200, "POST", `${place.path}/end`);
  assert.equal((await type(ann, other, "x")).problem, "gone");
});
