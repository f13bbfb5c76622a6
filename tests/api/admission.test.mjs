/*
 * admission.test.mjs - who may join the queue, and what whoever may not is told.
 *
 * The queue here is of a language that exists in the database only: its runs wait for a runner that is a row, and whose
 * row says how long its runs take.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { api } from "../lib/api.mjs";
import { quote, sql } from "../lib/database.mjs";

const name = `q${randomBytes(4).toString("hex")}`;
let ann;

const submit = (person, room) => person.post(`${room.path}/runs`, { language: name, files: [{ path: "main.py", content: "" }] });

/* How many slots there are, and how long a run has one. */
const runner = (slots, service_ms, seen = "now() + interval '1 hour'") =>
  sql(`INSERT INTO runner (name, host, slots, languages, service_ms, state, seen_at)
    VALUES (${quote(name)}, 'test', ${slots}, '{${name}}', ${service_ms}, 'ready', ${seen})
    ON CONFLICT (name) DO UPDATE SET slots = ${slots}, service_ms = ${service_ms}, seen_at = ${seen}`);
const forget = () => sql(`DELETE FROM run WHERE language = ${quote(name)}`);

before(async () => {
  ann = await api.signup({ name: "Ann" });
  sql(`INSERT INTO language (name, title, version, file) VALUES (${quote(name)}, ${quote(name)}, '0', 'main.py')`);
});
after(() => {
  forget();
  sql(`DELETE FROM language WHERE name = ${quote(name)}; DELETE FROM runner WHERE name = ${quote(name)}`);
});

const refused = (res, seconds, why) => {
  assert.deepEqual([res.status, res.problem, res.headers["retry-after"]], [429, "limit", String(seconds)]);
  assert.match(res.body.detail, why);
};

test("who would wait too long is told how long, and admitted when there are more slots", async () => {
  const room = await api.room(ann);
  runner(1, 45_000);
  assert.equal((await submit(ann, room)).status, 202, "a slot is free");
  assert.equal((await submit(ann, room)).status, 202, "45 s");
  refused(await submit(ann, room), 90, /many rooms.*90 s/);
  runner(2, 45_000);
  assert.equal((await submit(ann, room)).status, 202, "22 s");
  forget();
});

test("nobody is told to come back after longer than two minutes", async () => {
  const room = await api.room(ann);
  runner(1, 86_400_000);
  assert.equal((await submit(ann, room)).status, 202);
  refused(await submit(ann, room), 120, /120 s/);
  forget();
});

test("where no runner lives nobody can say how long it takes: runs are taken, up to the bounds", async () => {
  const room = await api.room(ann);
  runner(1, 86_400_000, "now() - interval '1 minute'");
  for (let i = 0; i < 5; i++) assert.equal((await submit(ann, room)).status, 202);
  refused(await submit(ann, room), 1, /5 runs of this room/);
  forget();
});

test("a person's runs are bounded over all rooms, and others' are not touched by that", async () => {
  const [one, two, three] = [await api.room(ann), await api.room(ann), await api.room(ann)];
  runner(4, 1000);
  for (const room of [one, two]) for (let i = 0; i < 5; i++) assert.equal((await submit(ann, room)).status, 202);
  refused(await submit(ann, three), 1, /10 of your runs/);
  const bob = await api.guest(three);
  assert.equal((await submit(bob, three)).status, 202);
  forget();
});

test("a key that has a run already is not refused", async () => {
  const room = await api.room(ann);
  runner(1, 86_400_000);
  const body = { language: name, files: [{ path: "main.py", content: "" }], idempotency_key: "once" };
  const first = await ann.must(202, "POST", `${room.path}/runs`, body);
  assert.equal((await submit(ann, room)).status, 429);
  assert.equal((await ann.must(202, "POST", `${room.path}/runs`, body)).id, first.id);
  forget();
});
