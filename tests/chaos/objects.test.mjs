/*
 * objects.test.mjs - the store of objects goes away, as a full or broken disk does: runs end with all that they printed.
 */
import assert from "node:assert/strict";
import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { api, waitFor } from "../lib/api.mjs";
import { connection, quote, sql } from "../lib/database.mjs";
import { state } from "../lib/stack.mjs";
import { chunksOf, ended, get, text } from "../runner/sandbox.mjs";
import { kill } from "./victims.mjs";

const [here, away] = [join(state, "objects"), join(state, "objects-away")];
const back = () => existsSync(away) && renameSync(away, here);
after(back);

test("without its store a large output goes into the database, a large program is asked to come again", { timeout: 120_000 }, async () => {
  const ann = await api.signup();
  const room = await api.room(ann);
  renameSync(here, away);
  const run = await ended(ann, await api.run(ann, room, "print('x' * 99 + '\\n', end='' )\nfor i in range(3000): print('y' * 99)"));
  assert.equal(run.status, "ok");
  assert.equal(text(await chunksOf(ann, run), "stdout").length, 300_100);
  assert.deepEqual(sql(`SELECT printed IS NULL FROM run WHERE id = ${quote(run.id)}`), [["t"]]);
  const files = Array.from({ length: 32 }, (_, i) => ({ path: i ? `f${i}.py` : "main.py", content: `print(1)#${"x".repeat(4000)}` }));
  const refused = await ann.post(`${room.path}/runs`, { language: "python", files });
  assert.equal(refused.status, 503);
  assert.ok(Number(refused.headers["retry-after"]) > 0);
  back();
  const done = await ended(ann, await ann.must(202, "POST", `${room.path}/runs`, { language: "python", files }));
  assert.equal(text(await chunksOf(ann, done), "stdout"), "1\n");
});

test("the runner killed between storing an object and saying so: the object is found and removed", { timeout: 240_000 }, async () => {
  const ann = await api.signup();
  const run = await api.run(ann, await api.room(ann), "import time\ntime.sleep(2)\nprint('x' * 99_999)", { wall_ms: 60_000 });
  await waitFor(async () => (await get(ann, run)).status === "running", { within: 60_000, what: "it to run" });
  const [object, key] = [join(here, `runs/${run.id}/output.1`), `runs/${run.id}/output.1`];
  /* Its end cannot be written for now. */
  const held = await connection();
  await held.sql(`BEGIN; SELECT FROM run WHERE id = ${quote(run.id)} FOR UPDATE`);
  await waitFor(() => existsSync(object), { within: 60_000, what: "its output to be stored" });
  kill("the runner");
  /* What it had asked last waits for us, and would be done though nobody is there to be answered. */
  sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'viva_runner' AND wait_event_type = 'Lock'");
  await held.close();
  const done = await ended(ann, run, 90_000);
  assert.equal(sql(`SELECT printed = ${quote(key)} FROM run WHERE id = ${quote(run.id)}`)[0][0] === "t", false, `${done.status}: nothing refers to it`);
  assert.ok(existsSync(object));
  sql(`UPDATE object_new SET at = now() - interval '2 days' WHERE key = ${quote(key)}; UPDATE schedule SET next_at = now() WHERE name = 'runs_sweep'`);
  await waitFor(() => !existsSync(object), { within: 60_000, what: "it to be removed" });
  await waitFor(() => sql(`SELECT key FROM object_gone WHERE key = ${quote(key)} UNION SELECT key FROM object_new WHERE key = ${quote(key)}`).length === 0, { within: 60_000, what: "nobody to remember it" });
});
