/*
 * engine_samples.test.mjs - long logs of editing through the command, with what yjs makes of them.
 *
 * Logs typed here, with yjs's results computed beside; and logs of real editing with recorded results where they are
 * at hand: in $VIVA_YJS_SAMPLES, or shared/data/yjs beside the repository. They are not part of it.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gunzipSync } from "node:zlib";
import * as Y from "yjs";
import { command, Engine } from "./engine.mjs";
import { session, shuffled } from "./sessions.mjs";

const samples = process.env.VIVA_YJS_SAMPLES ?? new URL("../../../shared/data/yjs", import.meta.url).pathname;
const dir = mkdtempSync(join(tmpdir(), "yjs-samples-"));
after(() => rmSync(dir, { recursive: true }));

const out = (name) => join(dir, name);
const sample = (name) => readFileSync(join(samples, name));
const yjs = (...args) => execFileSync(command, args, { maxBuffer: 1 << 28 });
const equal = (file, want) => assert.ok(readFileSync(out(file)).equals(want), `${file} is another`);
const u32 = (...numbers) => Buffer.from(Uint32Array.from(numbers).buffer);

/* What yjs makes of updates. */
function made(updates) {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  return {
    state: Buffer.from(Y.encodeStateAsUpdate(doc)),
    sv: Buffer.from(Y.encodeStateVector(doc)),
    text: Buffer.from(doc.getText("text").toString()),
  };
}

const split = (log) => {
  const updates = [];
  for (let at = 0; at < log.length; at += 4 + updates.at(-1).length) updates.push(log.subarray(at + 4, at + 4 + log.readUInt32LE(at)));
  return updates;
};

/* A log, its end, and its first updates in another order. */
function typed(seed, kind) {
  const { updates, random } = session(seed, kind, 4000);
  const order = shuffled([...updates.keys()].slice(0, 1000), random);
  return { updates, end: () => made(updates), order, turned: () => made(order.map((i) => updates[i])) };
}

function recorded(name) {
  const end = (of) => ({ state: sample(`${of}.final.gc.v1.bin`), text: sample(`${of}.final.txt`) });
  const order = join(samples, `${name}.shuffled3000.order.u32le.bin`);
  return {
    updates: split(gunzipSync(sample(`${name}.updates.u32le.bin.gz`))),
    end: () => end(name),
    order: existsSync(order) ? [...new Uint32Array(Uint8Array.from(readFileSync(order)).buffer)] : null,
    turned: () => end(`${name}.shuffled3000`),
  };
}

const logs = { "two who type": () => typed(1, "text"), "several who type anything": () => typed(7, "surrogates") };
if (existsSync(samples)) for (const name of ["b4", "friendsforever", "clownschool"]) logs[name] = () => recorded(name);

for (const [name, make] of Object.entries(logs)) {
  test(`${name}: state and text after the whole log, and in another order`, () => {
    const { updates, end, order, turned } = make();
    const check = (want, ...more) => {
      const text = yjs("apply", out("log"), ...more, "--state", out("state"), "--text", "text");
      equal("state", want.state);
      assert.ok(text.equals(want.text));
    };
    writeFileSync(out("log"), Buffer.concat(updates.flatMap((update) => [u32(update.length), update])));
    check(end());
    if (!order) return;
    writeFileSync(out("order"), u32(...order));
    check(turned(), "--order", out("order"));
  });
}

/* The first updates joined, made small, and what of the end is missing in the middle. */
function derive(updates, { n, merged, small, end, half, rest }) {
  writeFileSync(out("some"), Buffer.concat(updates.slice(0, n).flatMap((update) => [u32(update.length), update])));
  writeFileSync(out("end"), end.state);
  writeFileSync(out("half"), half);
  yjs("merge", out("some"), out("merged"));
  equal("merged", merged);
  yjs("apply", out("some"), "--state", out("small"));
  equal("small", small);
  yjs("diff", out("end"), out("half"), out("rest"));
  equal("rest", rest);
  yjs("sv", out("end"), out("sv"));
  equal("sv", end.sv);
}

for (const seed of [2, 3]) {
  test(`typed log ${seed}: merging, compacting, difference and state vector`, () => {
    const { updates } = typed(seed, "text");
    const end = made(updates);
    const { sv: half } = made(updates.slice(0, updates.length / 2));
    const merged = Buffer.from(Y.mergeUpdates(updates.slice(0, 1000)));
    const rest = Buffer.from(Y.diffUpdate(end.state, half));
    derive(updates, { n: 1000, merged, small: made(updates.slice(0, 1000)).state, end, half, rest });
  });
}

if (existsSync(samples)) {
  test("b4: merging, compacting, difference and state vector", () => {
    const { updates, end } = recorded("b4");
    for (const n of [1000, 10000]) {
      derive(updates, {
        n,
        merged: sample(`b4.merge${n}.mergeUpdates.v1.bin`),
        small: sample(`b4.merge${n}.doc.v1.bin`),
        end: { ...end(), sv: sample("b4.final.sv.bin") },
        half: sample("b4.half.sv.bin"),
        rest: sample("b4.diff-from-half.diffUpdate.v1.bin"),
      });
    }
  });
}

/* Three of the sessions were recorded with one update less than their results have; yjs itself says so. */
const INCOMPLETE = { mixed: [4, 7, 35] };

/* The same of sessions made here: engine_documents.test.mjs. */
for (const kind of existsSync(samples) ? ["text", "mixed", "surrogate"] : []) {
  test(`${kind}: the recorded random sessions`, async () => {
    const engine = new Engine();
    for (const line of sample(`random-${kind}.sample.jsonl`).toString().trim().split("\n")) {
      const { seed, updates, order2, expect } = JSON.parse(line);
      if (INCOMPLETE[kind]?.includes(seed)) continue;
      const bytes = updates.map((update) => Buffer.from(update, "base64"));
      const want = (name) => Buffer.from(expect[name], "base64").toString("hex");
      const gives = async (name, result) => assert.equal((await result).toString("hex"), want(name), `${kind} ${seed}: ${name}`);
      const turned = order2.map((i) => bytes[i]);
      await gives("merged", engine.merge(bytes));
      await gives("merged_shuffled", engine.merge(turned));
      await gives("svFromMerged", engine.svOf(Buffer.from(expect.merged, "base64")));
      await engine.replay(bytes);
      await gives("inorder_gc", engine.state());
      await gives("sv", engine.sv());
      await gives("docDiff_svHalf", engine.state(Buffer.from(expect.svHalf, "base64")));
      assert.equal((await engine.json("text", "text")) ?? "", expect.state.text);
      await engine.replay(turned);
      await gives("shuffled_gc", engine.state());
      await engine.replay(bytes, { keep: true });
      await gives("inorder_nogc", engine.state());
      await engine.replay([Buffer.from(expect.merged, "base64")]);
      await gives("merged_applied_gc", engine.state());
      await engine.replay([Buffer.from(expect.inorder_gc, "base64")]);
      await gives("reloaded_gc", engine.state());
      await engine.replay(expect.partial.applied.map((i) => bytes[i]));
      assert.equal((await engine.state()).toString("base64"), expect.partial.gc, `${kind} ${seed}: partial`);
    }
    engine.close();
  });
}
