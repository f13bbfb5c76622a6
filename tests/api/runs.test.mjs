/*
 * runs.test.mjs - asking for runs, and reading what they print, as the API shows it. What a sandbox does with
 * the code is the runner's business: tests/runner.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { before, test } from "node:test";
import { api, waitFor } from "../lib/api.mjs";

const ENDED = ["ok", "wrong_answer", "runtime_error", "compile_error", "dependency_error", "time_limit", "memory_limit", "output_limit", "cancelled", "runner_lost", "internal_error"];
/* Others' runs have slots as well, and a run waits for one: tests/runner is at work at the same time. */
const PATIENCE = { within: 120_000 };
const python = (content, more = {}) => ({ language: "python", files: [{ path: "main.py", content }], ...more });

let ann;

before(async () => (ann = await api.signup({ name: "Ann" })));

const submit = (person, room, body) => person.post(`${room.path}/runs`, body);
const get = async (person, run) => (await person.must(200, "GET", `/api/runs/${run.id}`));
const ended = (person, run) =>
  waitFor(async () => {
    const now = await get(person, run);
    return now.ended_at && now;
  }, { ...PATIENCE, every: 50, what: `run ${run.id} to end` });

/* All of a run's output, page by page, until it says that this is all. */
async function output(person, run, after = 0) {
  const chunks = [];
  return waitFor(async () => {
    const page = await person.must(200, "GET", `/api/runs/${run.id}/output?after=${chunks.at(-1)?.seq ?? after}`);
    chunks.push(...page.chunks);
    return page.done && chunks;
  }, { ...PATIENCE, every: 20, what: `the output of run ${run.id}` });
}

const text = (chunks, stream = "stdout") => chunks.filter((c) => c.stream === stream).map((c) => c.data).join("");

test("the languages that can be run", async () => {
  const { languages } = (await api.anyone().get("/api/languages")).body;
  const byName = Object.fromEntries(languages.map((l) => [l.name, l]));
  assert.equal(byName.python.file, "main.py");
  assert.ok(byName.javascript);
});

test("a run is queued, ends once, and keeps its output", async () => {
  const room = await api.room(ann);
  const bob = await api.guest(room, "candidate", { name: "Bob" });
  const res = await submit(bob, room, python("print('hello'); import sys; print('oops', file=sys.stderr)"));
  assert.equal(res.status, 202);
  assert.deepEqual([res.body.status, res.body.name, res.body.participant, res.body.room], ["queued", "Bob", bob.id, room.id]);
  const run = await ended(ann, res.body);
  assert.deepEqual([run.status, run.exit_code], ["ok", 0]);
  const chunks = await output(ann, run);
  assert.deepEqual([text(chunks), text(chunks, "stderr")], ["hello\n", "oops\n"]);
  assert.deepEqual((await ann.get(`${room.path}/runs`)).body.runs, [run]);
});

test("everyone sees a run from the queue to its end, with the same chunks that are stored", async () => {
  const room = await api.room(ann);
  const eve = await api.guest(room, "observer");
  const ear = await eve.socket(`${room.ws}/events`);
  const run = await api.run(ann, room, "for i in range(3): print(i, flush=True)");
  const last = await ear.next((e) => e.type === "run" && ENDED.includes(e.run.status), PATIENCE);
  const chunks = await output(eve, run);
  await waitFor(() => ear.messages.filter((e) => e.type === "run_output").length === chunks.length);
  assert.deepEqual(ear.messages.filter((e) => e.type === "run_output").map((e) => e.chunk), chunks);
  assert.deepEqual(last.run, await get(eve, run));
  const seen = ear.messages.filter((e) => e.type === "run").map((e) => e.run.status);
  assert.equal(seen[0], "queued");
  assert.equal(seen.filter((status) => ENDED.includes(status)).length, 1);
  await ear.close();
});

test("output can be read while it comes: nothing is missing between, and done comes last", async () => {
  const room = await api.room(ann);
  const run = await api.run(ann, room, "import time\nfor i in range(20): print(i, flush=True); time.sleep(0.05)");
  const chunks = await output(ann, run);
  assert.deepEqual(chunks.map((c) => c.seq), chunks.map((_, i) => i + 1));
  assert.equal(text(chunks), Array.from({ length: 20 }, (_, i) => `${i}\n`).join(""));
  const late = await output(ann, run);
  assert.deepEqual(late, chunks, "the same, read afterwards");
  const middle = chunks[chunks.length >> 1].seq;
  assert.deepEqual(await output(ann, run, middle), chunks.slice(middle), "from the middle");
});

test("large output comes in pages that fit together", async () => {
  const room = await api.room(ann);
  const run = await api.run(ann, room, "import sys\nfor i in range(60): sys.stdout.write(str(i % 10) * 9999 + '\\n')");
  await ended(ann, run);
  const chunks = await output(ann, run);
  assert.deepEqual(chunks.map((c) => c.seq), chunks.map((_, i) => i + 1));
  assert.equal(text(chunks), Array.from({ length: 60 }, (_, i) => `${String(i % 10).repeat(9999)}\n`).join(""));
});

test("the same idempotency key is the same run, also when asked at once", async () => {
  const room = await api.room(ann);
  const body = python("print(1)", { idempotency_key: randomBytes(8).toString("hex") });
  const all = await Promise.all(Array.from({ length: 6 }, () => submit(ann, room, body)));
  assert.deepEqual(all.map((res) => [res.status, res.body.id]), all.map(() => [202, all[0].body.id]));
  assert.equal((await ann.get(`${room.path}/runs`)).body.runs.length, 1);
  await ended(ann, all[0].body);
  assert.equal((await submit(ann, room, body)).body.id, all[0].body.id, "and afterwards");
});

const REFUSED = {
  "/language": python("", { language: "cobol" }),
  "/files/1/path": python("", { files: [{ path: "a", content: "" }, { path: "a", content: "" }] }),
  "/files/2/path": python("", { files: ["x", "d/e", "d"].map((path) => ({ path, content: "" })) }),
  "/files": python("", { files: Array.from({ length: 32 }, (_, i) => ({ path: `f${i}`, content: "€".repeat(4000) })) }),
  "/files/0/content": python("x".repeat(5001)),
  "/files/0/path": python("", { files: [{ path: "../main.py", content: "" }] }),
  "/wall_ms": python("", { wall_ms: 180001 }),
};
for (const [pointer, body] of Object.entries(REFUSED)) {
  test(`what cannot be run is refused at ${pointer}`, async () => {
    const res = await submit(ann, await api.room(ann), body);
    assert.deepEqual([res.status, res.errors[0].pointer], [422, pointer]);
  });
}

test("a room's unfinished runs are bounded; other rooms do not wait for them", async () => {
  const [room, other] = [await api.room(ann), await api.room(ann)];
  const sleep = python("import time; time.sleep(20)", { wall_ms: 30000 });
  const all = await Promise.all(Array.from({ length: 8 }, () => submit(ann, room, sleep)));
  const taken = all.filter((res) => res.status === 202);
  assert.equal(taken.length, 5);
  for (const res of all.filter((res) => res.status !== 202)) {
    assert.equal(res.problem, "limit");
    assert.ok(Number(res.headers["retry-after"]) > 0);
  }
  assert.equal((await submit(ann, other, python("print(1)"))).status, 202);
  for (const res of taken) await ann.must(202, "POST", `/api/runs/${res.body.id}/cancel`);
  for (const res of taken) assert.equal((await ended(ann, res.body)).status, "cancelled");
  assert.equal((await submit(ann, room, python("print(1)"))).status, 202);
});

test("a run can be stopped, and stopping it again changes nothing", async () => {
  const room = await api.room(ann);
  const bob = await api.guest(room);
  const ear = await ann.socket(`${room.ws}/events`);
  const run = await api.run(ann, room, "import time\nprint('on', flush=True)\ntime.sleep(60)", { wall_ms: 90000 });
  await ear.next((e) => e.type === "run_output", PATIENCE);
  assert.equal((await bob.post(`/api/runs/${run.id}/cancel`)).status, 202);
  const event = await ear.next((e) => e.type === "run" && ENDED.includes(e.run.status));
  assert.equal(event.run.status, "cancelled");
  const again = await bob.post(`/api/runs/${run.id}/cancel`);
  assert.deepEqual([again.status, again.body], [202, await get(bob, run)]);
  assert.equal(text(await output(bob, run)), "on\n", "what it had printed is kept");
  assert.equal(ear.messages.filter((e) => e.type === "run" && ENDED.includes(e.run.status)).length, 1);
  await ear.close();
});

test("observers watch; they neither run nor stop", async () => {
  const room = await api.room(ann);
  const eve = await api.guest(room, "observer");
  const run = await api.run(ann, room, "print(1)");
  assert.equal((await submit(eve, room, python("print(2)"))).problem, "denied");
  assert.equal((await eve.post(`/api/runs/${run.id}/cancel`)).problem, "denied");
  assert.equal((await eve.get(`/api/runs/${run.id}`)).status, 200);
  assert.equal(text(await output(eve, run)), "1\n");
});

test("a run is shown to its room and to nobody else", async () => {
  const [room, elsewhere] = [await api.room(ann), await api.room(ann)];
  const run = await api.run(ann, room, "print(1)");
  const none = "A".repeat(22);
  for (const person of [await api.signup(), await api.guest(elsewhere, "interviewer")]) {
    for (const [method, path] of [["GET", ""], ["GET", "/output"], ["POST", "/cancel"]]) {
      const [real, unreal] = [await person.request(method, `/api/runs/${run.id}${path}`), await person.request(method, `/api/runs/${none}${path}`)];
      assert.deepEqual([real.status, unreal.status], [404, 404], path);
    }
  }
  assert.equal((await api.anyone().get(`/api/runs/${run.id}`)).problem, "unauthenticated");
});

test("the list is newest first", async () => {
  const room = await api.room(ann);
  const ids = [];
  for (let i = 0; i < 3; i++) {
    const run = await api.run(ann, room, `print(${i})`);
    ids.unshift(run.id);
    await ended(ann, run);
  }
  assert.deepEqual((await ann.get(`${room.path}/runs`)).body.runs.map((run) => run.id), ids);
});
