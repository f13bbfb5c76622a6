/*
 * large.test.mjs - programs and output that are too large for a row: kept elsewhere, read as if they were not.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { api, waitFor } from "../lib/api.mjs";
import { quote, sql } from "../lib/database.mjs";
import { state } from "../lib/stack.mjs";

const LIMIT = { timeout: 240_000 };
let ann, room;

before(async () => {
  ann = await api.signup({ name: "Ann" });
  room = await api.room(ann);
});

const object = (run, name) => join(state, "objects/runs", run.id, name);
const ended = (run) =>
  waitFor(async () => {
    const now = await ann.must(200, "GET", `/api/runs/${run.id}`);
    return now.ended_at && now;
  }, { within: 120_000, every: 50, what: `run ${run.id} to end` });

async function chunks(run, after = 0) {
  const all = [];
  for (;;) {
    const page = await ann.must(200, "GET", `/api/runs/${run.id}/output?after=${all.at(-1)?.seq ?? after}`);
    all.push(...page.chunks);
    if (page.done) return all;
  }
}

const LINES = "import sys\nfor i in range(60):\n    sys.stdout.write('€' * 3000 + '%d\\n' % i)\n    sys.stderr.write('!%d\\n' % i)\n";

test("large output is one object; every page of it is what was printed", LIMIT, async () => {
  const run = await ended(await api.run(ann, room, LINES));
  assert.equal(run.status, "ok", run.detail);
  const all = await chunks(run);
  const text = (stream) => all.filter((c) => c.stream === stream).map((c) => c.data).join("");
  assert.equal(text("stdout"), [...Array(60).keys()].map((i) => `${"€".repeat(3000)}${i}\n`).join(""));
  assert.equal(text("stderr"), [...Array(60).keys()].map((i) => `!${i}\n`).join(""));
  const middle = all[all.length >> 1].seq;
  assert.deepEqual(await chunks(run, middle), all.slice(middle), "read from the middle");
  assert.deepEqual(await chunks(run, all.length), [], "and from the end");
  assert.equal(readFileSync(object(run, "output.1"), "utf8"), all.map((c) => c.data).join(""));
  assert.deepEqual(sql(`SELECT count(data), count(place) FROM run_output WHERE run_id = ${quote(run.id)}`), [["0", String(all.length)]]);
});

test("who is not in the room reads none of it", LIMIT, async () => {
  const run = await ended(await api.run(ann, room, LINES));
  const other = await api.guest(await api.room(ann), "interviewer");
  assert.equal((await other.get(`/api/runs/${run.id}/output`)).status, 404);
});

test("small output stays in the database", LIMIT, async () => {
  const run = await ended(await api.run(ann, room, "print('small')"));
  assert.ok(!existsSync(object(run, "output.1")));
  assert.deepEqual(sql(`SELECT data FROM run_output WHERE run_id = ${quote(run.id)}`), [["small"]]);
});

test("a large program is one object, and runs as it was sent", LIMIT, async () => {
  const files = Array.from({ length: 31 }, (_, i) => ({ path: `part${i}.py`, content: `x = ${i}\n# "€\\${"x".repeat(4000)}` }));
  files.unshift({ path: "main.py", content: "import glob\nprint(sum(__import__(f[:-3]).x for f in sorted(glob.glob('part*.py'))), input())" });
  const run = await ended(await ann.must(202, "POST", `${room.path}/runs`, { language: "python", files, input: "typed\n" }));
  assert.equal((await chunks(run)).map((c) => c.data).join(""), `${(30 * 31) / 2} typed\n`);
  assert.deepEqual(JSON.parse(readFileSync(object(run, "program"), "utf8")), files);
  assert.deepEqual(sql(`SELECT files FROM run WHERE id = ${quote(run.id)}`), [["[]"]]);
});

test("a run that is deleted takes its objects with it", LIMIT, async () => {
  const run = await ended(await api.run(ann, room, LINES));
  assert.ok(existsSync(object(run, "output.1")));
  sql(`DELETE FROM run WHERE id = ${quote(run.id)}`);
  await waitFor(() => !existsSync(join(state, "objects/runs", run.id)), { within: 30_000, what: "its folder to go" });
  await waitFor(() => sql(`SELECT key FROM object_gone WHERE key LIKE ${quote(`runs/${run.id}/%`)}`).length === 0, { within: 30_000, what: "the list" });
});

test("a program whose object is gone ends and is listed", LIMIT, async () => {
  const run = await api.run(ann, room, "import time\ntime.sleep(600)", { wall_ms: 180_000 });
  await waitFor(async () => (await ann.must(200, "GET", `/api/runs/${run.id}`)).status === "running", { within: 120_000, what: "it to run" });
  sql(`UPDATE run SET status = 'queued', lease_until = NULL, runner = NULL, files = '[]', program = ${quote(`runs/${run.id}/program`)} WHERE id = ${quote(run.id)}`);
  const end = await ended(run);
  assert.equal(end.status, "internal_error");
  assert.match(sql(`SELECT reason FROM run_dead WHERE run_id = ${quote(run.id)}`)[0][0], /files cannot be read/);
});
