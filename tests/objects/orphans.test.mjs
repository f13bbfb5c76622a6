/*
 * orphans.test.mjs - the schedule runs_sweep: of the objects that somebody was about to store it gives up those, and only
 * those, that no run refers to or ever can, a bounded number at a time.
 *
 * A dispatcher fires it, the function runs as its own role. (tests/chaos/objects.test.mjs has a runner that dies.)
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { Services } from "../lib/services.mjs";
import { waitFor } from "../lib/wait.mjs";

const top = resolve(import.meta.dirname, "../..");
const LIMIT = { timeout: 180_000 };
const services = new Services(top);
const sql = (text) => services.sql(text);

before(async () => {
  execFileSync("make", ["--no-print-directory", "-C", top, "build/fn/runs", "build/bin/fnd", "build/bin/dispatch"], { stdio: "pipe" });
  await services.start();
  await services.startFunctions("runs");
  services.spawn(join(top, "build/bin/dispatch"), [], { VIVA_PG: `${services.env.VIVA_PG} user=viva_dispatch`, VIVA_DISPATCH: "one" });
  await waitFor(() => sql("SELECT 1 FROM schedule WHERE name = 'runs_sweep'").length === 1, { what: "the schedule" });
  /* It fires when it is told to, and for a day not by itself besides: what it does at a time is counted. */
  const day = "period = 86400, start = extract(epoch FROM now())::bigint % 86400 - 60, next_at = now() + interval '1 day'";
  sql(`UPDATE schedule SET ${day} WHERE name = 'runs_sweep'`);
  sql("INSERT INTO room (id, title, language) VALUES ('room', 'Room', 'python'); INSERT INTO language (name, title, version, file) VALUES ('python', 'Python', '3', 'main.py'); INSERT INTO participant (id, room_id, guest, name, role) VALUES ('ann', 'room', true, 'Ann', 'candidate')");
});
after(() => services.stop());

async function fire() {
  const message = () => sql("SELECT 1 FROM message WHERE queue = 'runs_sweep'").length;
  sql("UPDATE schedule SET next_at = now() WHERE name = 'runs_sweep'");
  await waitFor(() => sql("SELECT 1 FROM schedule WHERE name = 'runs_sweep' AND next_at > now()").length === 1 && message() === 0, { within: 60_000, what: "it to have fired" });
}

const announce = (key, ago = "25 hours") => sql(`INSERT INTO object_new (key, at) VALUES ('${key}', now() - interval '${ago}')`);
const run = (id, columns = {}) => {
  const all = { id, room_id: "room", participant_id: "ann", language: "python", files: "[]", wall_limit_ms: 1000, ...columns };
  sql(`INSERT INTO run (${Object.keys(all).join(", ")}) VALUES (${Object.values(all).map((v) => `'${v}'`).join(", ")})`);
};
const keys = (table) => sql(`SELECT key FROM ${table} ORDER BY key`).map(([key]) => key);

test("what nothing refers to goes, what somebody does or may yet stays", LIMIT, async () => {
  const end = { status: "ok", ended_at: "2020-01-01" };
  run("ended", { ...end, printed: "runs/ended/output.2", program: "runs/ended/program" });
  run("going", { status: "running" });
  run("silent", end);
  for (const key of ["ended/program", "ended/output.1", "ended/output.2", "going/output.1", "silent/output.1", "never/program"]) announce(`runs/${key}`);
  announce("runs/new/program", "23 hours");
  await fire();
  assert.deepEqual(keys("object_gone"), ["runs/ended/output.1", "runs/never/program", "runs/silent/output.1"]);
  assert.deepEqual(keys("object_new"), ["runs/going/output.1", "runs/new/program"]);
  sql("UPDATE run SET ended_at = now(), status = 'ok', printed = 'runs/going/output.1' WHERE id = 'going'");
  await fire();
  assert.deepEqual(keys("object_new"), ["runs/new/program"]);
  assert.ok(!keys("object_gone").includes("runs/going/output.1"));
});

test("many are done with a part at a time, the oldest first", LIMIT, async () => {
  sql("DELETE FROM object_new; DELETE FROM object_gone; INSERT INTO object_new SELECT 'runs/m' || n || '/program', now() - interval '2 days' - n * interval '1 s' FROM generate_series(1, 700) AS n");
  await fire();
  assert.equal(keys("object_gone").length, 500);
  assert.equal(sql("SELECT 1 FROM object_new WHERE key = 'runs/m700/program'").length, 0);
  await fire();
  assert.deepEqual([keys("object_gone").length, keys("object_new").length], [700, 0]);
});
