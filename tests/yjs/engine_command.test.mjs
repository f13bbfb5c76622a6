/*
 * engine_command.test.mjs - the yjs command as an operator has it, on files.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import * as Y from "yjs";
import { command } from "./engine.mjs";
import { session } from "./sessions.mjs";

const dir = mkdtempSync(join(tmpdir(), "yjs-"));
after(() => rmSync(dir, { recursive: true }));

const path = (name) => join(dir, name);
const yjs = (...args) => spawnSync(command, args, { encoding: "buffer" });

function records(updates) {
  const u32 = (n) => Buffer.from(Uint32Array.of(n).buffer);
  return Buffer.concat(updates.flatMap((update) => [u32(update.length), update]));
}

const { updates } = session(11, "surrogates", 200);
const doc = new Y.Doc();
for (const update of updates) Y.applyUpdate(doc, update);
writeFileSync(path("log"), records(updates));
writeFileSync(path("state"), Y.encodeStateAsUpdate(doc));
writeFileSync(path("sv"), Y.encodeStateVector(doc));

test("apply writes state, state vector and text", () => {
  const run = yjs("apply", path("log"), "--state", path("a.state"), "--sv", path("a.sv"), "--text", "text");
  assert.equal(run.status, 0, String(run.stderr));
  assert.equal(run.stdout.toString(), doc.getText("text").toString());
  assert.deepEqual(readFileSync(path("a.state")), Buffer.from(Y.encodeStateAsUpdate(doc)));
  assert.deepEqual(readFileSync(path("a.sv")), Buffer.from(Y.encodeStateVector(doc)));
});

test("apply takes the updates in the order of a file", () => {
  const order = updates.map((_, i) => updates.length - 1 - i);
  writeFileSync(path("order"), Buffer.from(Uint32Array.from(order).buffer));
  const run = yjs("apply", path("log"), "--order", path("order"), "--text", "text");
  assert.equal(run.stdout.toString(), doc.getText("text").toString());
});

test("merge, diff and sv write what yjs does", () => {
  assert.equal(yjs("merge", path("log"), path("merged")).status, 0);
  assert.deepEqual(readFileSync(path("merged")), Buffer.from(Y.mergeUpdates(updates)));
  const half = Y.encodeStateVectorFromUpdate(Y.mergeUpdates(updates.slice(0, 100)));
  writeFileSync(path("half"), half);
  assert.equal(yjs("diff", path("state"), path("half"), path("diff")).status, 0);
  assert.deepEqual(readFileSync(path("diff")), Buffer.from(Y.diffUpdate(readFileSync(path("state")), half)));
  assert.equal(yjs("sv", path("state"), path("own.sv")).status, 0);
  assert.deepEqual(readFileSync(path("own.sv")), readFileSync(path("sv")));
});

test("show has a line for each struct and delete", () => {
  const lines = yjs("show", path("state")).stdout.toString().trimEnd().split("\n");
  const { structs, ds } = Y.decodeUpdate(readFileSync(path("state")));
  assert.equal(lines.length, structs.length + [...ds.clients.values()].flat().length);
  assert.match(lines[0], /^\d+:0\+\d+ (string|deleted) .*root "text"$/);
});

test("validate says which update is wrong, and why", () => {
  assert.equal(yjs("validate", path("log")).status, 0);
  writeFileSync(path("bad"), records([updates[0], Buffer.from([1, 2, 3])]));
  const run = yjs("validate", path("bad"));
  assert.equal(run.status, 1);
  assert.match(run.stdout.toString(), /: update 1: update: at byte \d+: .+\n$/);
});

test("a file that is not what it should be ends with words", () => {
  for (const [args, words] of [
    [["validate", path("state")], /--raw/],
    [["validate", path("nothing")], /No such file/],
    [["apply", path("log"), "--order", path("state")], /beyond|more indexes/],
    [["apply", path("log"), "--text", "none"], /no root type/],
    [["apply"], /wants a file/],
    [["diff", path("state")], /wants an update/],
  ]) {
    const run = yjs(...args);
    assert.equal(run.status, 2, args.join(" "));
    assert.match(run.stderr.toString(), words);
  }
  assert.match(yjs("help").stderr.toString(), /^yjs validate/);
});

test("bench prints its figures as JSON, and the time of growing parts", () => {
  const run = yjs("bench", path("log"));
  assert.equal(run.status, 0, String(run.stderr));
  const figures = JSON.parse(run.stdout.toString());
  assert.equal(figures.updates, updates.length);
  for (const curve of ["linear", "linear_merge"]) assert.deepEqual(figures[curve].at(-1).updates, updates.length, curve);
  for (const key of ["apply_us", "load_ms", "encode_ms", "diff_ms", "merge_all_ms", "validate_us"]) assert.ok(figures[key] >= 0, key);
});
