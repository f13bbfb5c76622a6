/*
 * engine_peer.mjs yjs|ywasm LOG - what engine.mjs measures, of another engine: JSON on stdout, under the same names as
 * `yjs bench` prints. What the peer cannot do at all is left out.
 */
import { readFileSync } from "node:fs";

const [, , name, path] = process.argv;
const Y = await import(name);

const isWasm = name === "ywasm";
const newDoc = () => (isWasm ? new Y.YDoc() : new Y.Doc());
const apply = (doc, update) => (isWasm ? Y.applyUpdate(doc, update, null) : Y.applyUpdate(doc, update));
const dispose = (doc) => (isWasm ? doc.free() : doc.destroy());

function readLog(file) {
  const log = readFileSync(file);
  const updates = [];
  for (let at = 0; at < log.length; ) {
    const length = log.readUInt32LE(at);
    updates.push(new Uint8Array(log.subarray(at + 4, at + 4 + length)));
    at += 4 + length;
  }
  return updates;
}

/* Least CPU milliseconds of some rounds. */
function best(rounds, work) {
  let least = Infinity;
  for (let i = 0; i < rounds; i++) {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

function replay(updates) {
  const doc = newDoc();
  for (const update of updates) apply(doc, update);
  return doc;
}

const CHUNK = 520;
const split = (list) => Array.from({ length: Math.ceil(list.length / CHUNK) }, (_, i) => list.slice(i * CHUNK, (i + 1) * CHUNK));

/* JavaScript's heap has free pages already, wasm's memory is outside of it: whichever grew more. */
function residentOf(state) {
  const docs = [];
  globalThis.gc();
  const before = process.memoryUsage();
  for (let i = 0; i < 20; i++) docs.push(replay([state]));
  globalThis.gc();
  const now = process.memoryUsage();
  return Math.max(now.rss - before.rss, now.heapUsed - before.heapUsed) / docs.length;
}

const updates = readLog(path);
const half = replay(updates.slice(0, updates.length / 2));
const sv = Y.encodeStateVector(half);
dispose(half);
let doc;
const result = { updates: updates.length };
result.apply_us = (best(2, () => (doc = replay(updates))) * 1000) / updates.length;
const state = Y.encodeStateAsUpdate(doc);
result.encode_ms = best(7, () => Y.encodeStateAsUpdate(doc));
result.load_ms = best(7, () => dispose(replay([state])));
const parts = [1, 2, 3, 4, 5, 6, 7, 8].map((i) => Math.floor((updates.length * i) / 8));
result.linear = parts.map((n) => ({ updates: n, ms: best(1, () => dispose(replay(updates.slice(0, n)))) }));
if (!isWasm) {
  /* In chunks, as whoever runs it has to: the time of one merge grows with the square of its inputs. */
  const chunks = (list) => (list.length > CHUNK ? chunks(split(list).map((part) => Y.mergeUpdates(part))) : Y.mergeUpdates(list));
  result.merge_all_ms = best(1, () => chunks(updates));
  result.linear_merge = parts.map((_, i) => {
    const n = Math.floor((10000 * (i + 1)) / 8);
    return { updates: n, ms: best(1, () => Y.mergeUpdates(updates.slice(0, n))) };
  });
  const some = updates.slice(0, 10000);
  result.diff_ms = best(7, () => Y.diffUpdate(state, sv));
  result.merge_10000_ms = best(1, () => Y.mergeUpdates(some));
  result.validate_us = (best(2, () => updates.forEach((update) => Y.decodeUpdate(update))) * 1000) / updates.length;
}
result.resident_bytes = residentOf(state);
console.log(JSON.stringify(result));
