/*
 * queue.test.mjs - which run is next, and what becomes of it when its runner does not live to see its end.
 *
 * Each test has runners and a language of its own (host.mjs), so that it knows how many slots there are.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { api, waitFor } from "../lib/api.mjs";
import { quote, sql } from "../lib/database.mjs";
import { door, language } from "./host.mjs";
import { chunksOf, ended, get, text } from "./sandbox.mjs";

const LIMIT = { timeout: 240_000 };
const PATIENCE = 120_000;
/* Says nothing for long enough that it can be looked at and its runner be killed before. */
const silent = (seconds = 12) => `import time\ntime.sleep(${seconds})\nprint('once')\n`;
/* In one piece: an unbuffered print() writes the end of its line apart. */
const SPEAKS = "import os, time\nos.write(1, b'seen\\n')\ntime.sleep(600)\n";
const FOREVER = "import time\ntime.sleep(170)\n";

let ann, bob;
const made = [];

before(async () => ([ann, bob] = [await api.signup({ name: "Ann" }), await api.signup({ name: "Bob" })]));
after(async () => {
  for (const q of made) await q.forget();
});

async function newLanguage() {
  made.push(await language());
  return made.at(-1);
}

/* What the first runner with this language announces must be there before anybody may ask for it. */
const announced = (q) => sql(`INSERT INTO language (name, title, version, file) VALUES (${quote(q.name)}, 'Queue', '0', 'main.py')`);

const submit = (person, room, q, content = "print(1)") => api.run(person, room, content, { language: q.name, file: "main.py", wall_ms: 180_000 });
const done = (person, run) => ended(person, run, PATIENCE);
const is = (person, run, ...status) =>
  waitFor(async () => status.includes((await get(person, run)).status), { within: PATIENCE, every: 50, what: `run ${run.id} to be ${status}` });
const printed = (person, run) =>
  waitFor(async () => (await person.must(200, "GET", `/api/runs/${run.id}/output`)).chunks.length > 0, { within: PATIENCE, what: "output" });
const cancel = (person, run) => person.must(202, "POST", `/api/runs/${run.id}/cancel`);
const stdout = async (person, run) => text(await chunksOf(person, run), "stdout");

/* The runs of a language in the order in which they began. */
const order = (q) => sql(`SELECT id FROM run WHERE language = ${quote(q.name)} ORDER BY started_at`).map(([id]) => id);
const dead = (run) => sql(`SELECT attempts, reason FROM run_dead WHERE run_id = ${quote(run.id)}`)[0];
const attempt = (run) => sql(`SELECT attempt, status FROM run WHERE id = ${quote(run.id)}`)[0].join(" ");
const runnerOf = (run) => sql(`SELECT runner FROM run WHERE id = ${quote(run.id)}`)[0][0];

test("a room's runs start in the order they were asked for, whatever the clock said", LIMIT, async () => {
  const q = await newLanguage();
  announced(q);
  const room = await api.room(ann);
  const runs = [];
  for (let i = 0; i < 5; i++) runs.push(await submit(ann, room, q));
  /* The clock is set back while they wait. */
  sql(`UPDATE run SET created_at = created_at - seq * interval '1 minute' WHERE language = ${quote(q.name)}`);
  await q.runner({ slots: 3 });
  for (const run of runs) assert.equal((await done(ann, run)).status, "ok");
  assert.deepEqual(order(q), runs.map((run) => run.id));
});

test("rooms take turns: who asks for one run does not wait for those who asked for many", LIMIT, async () => {
  const q = await newLanguage();
  announced(q);
  const [one, two, three] = [await api.room(ann), await api.room(bob), await api.room(bob)];
  const many = [];
  for (let i = 0; i < 4; i++) many.push(await submit(ann, one, q));
  const [second, third] = [await submit(bob, two, q), await submit(bob, three, q)];
  await q.runner({ slots: 1 });
  for (const run of many) await done(ann, run);
  assert.deepEqual(order(q), [many[0], second, third, many[1], many[2], many[3]].map((run) => run.id));
});

test("no room has every slot", LIMIT, async () => {
  const q = await newLanguage();
  await q.runner({ slots: 2 });
  const [one, two] = [await api.room(ann), await api.room(bob)];
  const long = [await submit(ann, one, q, FOREVER), await submit(ann, one, q, FOREVER)];
  await is(ann, long[0], "running");
  assert.equal((await done(bob, await submit(bob, two, q))).status, "ok");
  assert.equal((await get(ann, long[1])).status, "queued");
  for (const run of long) await cancel(ann, run);
  for (const run of long) assert.equal((await done(ann, run)).status, "cancelled");
});

test("two runners share a queue; one is killed, and the other takes up what it had", LIMIT, async () => {
  const q = await newLanguage();
  const [x, y] = [await q.runner({ slots: 2 }), await q.runner({ slots: 2 })];
  const rooms = [await api.room(ann), await api.room(ann), await api.room(bob)];
  assert.equal(sql(`SELECT sum(slots) FROM runner WHERE languages @> '{${q.name}}' AND state = 'ready'`)[0][0], "4");
  const first = await submit(ann, rooms[0], q, SPEAKS);
  await printed(ann, first);
  const [killed, other] = runnerOf(first) === x.name ? [x, y] : [y, x];
  killed.kill();
  await killed.gone;
  assert.equal((await done(bob, await submit(bob, rooms[2], q))).status, "ok", "the other goes on");
  const lost = await done(ann, first);
  assert.deepEqual([lost.status, await stdout(ann, lost)], ["runner_lost", "seen\n"]);
  assert.match(lost.detail, /runner was lost/);
  assert.equal(runnerOf(first), other.name);
});

test("a program that was silent when its runner was killed runs again, and prints once", LIMIT, async () => {
  const q = await newLanguage();
  const [x, y] = [await q.runner({ slots: 1 }), await q.runner({ slots: 1 })];
  const run = await submit(ann, await api.room(ann), q, silent());
  await is(ann, run, "running");
  const [killed, other] = runnerOf(run) === x.name ? [x, y] : [y, x];
  await killed.kill();
  const end = await done(ann, run);
  assert.deepEqual([end.status, await stdout(ann, end), runnerOf(run)], ["ok", "once\n", other.name]);
  assert.equal(dead(run), undefined);
});

test("cancelling: one that waits ends at once, one that runs is stopped, one whose runner is gone when the next one comes", LIMIT, async () => {
  const q = await newLanguage();
  const x = await q.runner({ slots: 1 });
  const [one, two] = [await api.room(ann), await api.room(bob)];
  const [runs, waits] = [await submit(ann, one, q, SPEAKS), await submit(bob, two, q)];
  await printed(ann, runs);
  assert.equal((await cancel(bob, waits)).status, "cancelled");
  await cancel(ann, runs);
  assert.equal((await done(ann, runs)).status, "cancelled");
  const orphan = await submit(bob, two, q, SPEAKS);
  await printed(bob, orphan);
  await x.kill();
  await cancel(bob, orphan);
  await q.runner({ slots: 1, name: x.name });
  const end = await done(bob, orphan);
  assert.deepEqual([end.status, await stdout(bob, end)], ["cancelled", "seen\n"], "what it had printed is kept");
  assert.equal((await cancel(bob, orphan)).status, "cancelled", "and again");
});

test("cancelling a run that has no container yet", LIMIT, async () => {
  const q = await newLanguage();
  const engine = await door();
  const x = await q.runner({ slots: 3, env: { VIVA_DOCKER: engine.path } });
  /* Those that are warm are taken; then the engine makes no more. */
  await waitFor(() => x.metric(`viva_pool_warm{language="${q.name}"}`), { within: PATIENCE, every: 200, what: "a warm container" });
  engine.shut();
  const runs = [];
  for (let i = 0; i < 3; i++) runs.push(await submit(ann, await api.room(ann), q, FOREVER));
  const starting = await waitFor(async () => {
    const now = await Promise.all(runs.map((run) => get(ann, run)));
    return now.find((run) => run.status === "starting" && now.some((other) => other.status === "running"));
  }, { within: PATIENCE, every: 100, what: "a run that has no container" });
  await cancel(ann, starting);
  engine.open();
  assert.equal((await done(ann, starting)).status, "cancelled");
  assert.deepEqual(await chunksOf(ann, starting), []);
  for (const run of runs) await cancel(ann, run);
  for (const run of runs) assert.equal((await done(ann, run)).status, "cancelled");
  await x.kill();
  engine.close();
});

test("a program that took three runners with it is not tried again, and the operator can see why", LIMIT, async () => {
  const q = await newLanguage();
  let x = await q.runner({ slots: 1 });
  const run = await submit(ann, await api.room(ann), q, FOREVER);
  for (let i = 0; i < 3; i++) {
    await waitFor(() => attempt(run) === `${i + 1} running`, { within: PATIENCE, every: 100, what: `attempt ${i + 1}` });
    await x.kill();
    x = await q.runner({ slots: 1, name: x.name });
  }
  const end = await done(ann, run);
  assert.equal(end.status, "runner_lost");
  assert.match(end.detail, /3 runners/);
  assert.deepEqual(dead(run)[0], "4");
  assert.match(dead(run)[1], /3 runners/);
});

test("a run whose files cannot be read ends, is listed, and holds up nobody", LIMIT, async () => {
  const q = await newLanguage();
  announced(q);
  const room = await api.room(ann);
  const poison = [];
  for (const files of ["{}", "[]", '[{"path": "main.py"}]', "[null]"]) {
    const run = await submit(ann, room, q);
    sql(`UPDATE run SET files = ${quote(files)} WHERE id = ${quote(run.id)}`);
    poison.push(run);
  }
  const good = await submit(ann, room, q);
  await q.runner({ slots: 1 });
  assert.equal((await done(ann, good)).status, "ok");
  for (const run of poison) {
    assert.equal((await done(ann, run)).status, "internal_error");
    assert.match(dead(run)[1], /files cannot be read/);
  }
});

test("a runner that is told to stop hands back what was silent, leaves the roll and exits with 0", LIMIT, async () => {
  const q = await newLanguage();
  const x = await q.runner({ slots: 1, drain: 1 });
  const run = await submit(ann, await api.room(ann), q, silent(20));
  await is(ann, run, "running");
  assert.equal(await x.kill("SIGTERM"), 0);
  assert.equal((await get(ann, run)).status, "queued");
  assert.equal(x.row(), undefined);
  const y = await q.runner({ slots: 1 });
  const end = await done(ann, run);
  assert.deepEqual([end.status, await stdout(ann, end), runnerOf(run)], ["ok", "once\n", y.name]);
  assert.equal(sql(`SELECT lost FROM run WHERE id = ${quote(run.id)}`)[0][0], "0", "nothing was lost over it");
});

test("a clock that is set back leaves no run waiting for the old time", LIMIT, async () => {
  const q = await newLanguage();
  await q.runner({ slots: 1 });
  const room = await api.room(ann);
  /* As a runner left it that died, an hour before the clock was set back by an hour. */
  const run = await submit(ann, room, q, "print('once')");
  await done(ann, run);
  sql(`UPDATE run SET status = 'running', ended_at = NULL, shown = false, runner = 'gone', lease_until = now() + interval '1 hour' WHERE id = ${quote(run.id)};
    DELETE FROM run_output WHERE run_id = ${quote(run.id)}`);
  const end = await done(ann, run);
  assert.equal(end.status, "runner_lost", "its output is still in Redis: it is not run again");
});
