/*
 * greedy.test.mjs - one account that asks for large documents as fast as it can: others edit all the while.
 *
 * Three things hold it back: it may have fewer reads in progress than `docs` has workers (x-at-once), only so many in a
 * minute (x-limit), and a large document is not read in real time (functions/lib/runtime/live.c).
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import * as Y from "yjs";
import { api } from "../lib/api.mjs";
import * as frames from "../lib/frames.mjs";
import { staysCalm } from "../lib/stack.mjs";
import { waitFor } from "../lib/wait.mjs";
import { running } from "./victims.mjs";

const LINE = `${"x = 'a line of a program that somebody has pasted'  # ".padEnd(127, "#")}\n`;
const PIECE = LINE.repeat(6_000); /* some 750 KiB: below what one request may hold */
const PIECES = 4;
const AT_ONCE = 12;
const EDITS = 50;
const LOOKS = 400; /* at a worker, before the next search for workers: to read such a document takes it some ten milliseconds */

let eve;
let large;
let ann;
let room;

/* As many edits of `doc` as are asked for, each answered before the next is made: the statuses. */
async function type(person, where, doc, texts) {
  const statuses = [];
  for (const text of texts) {
    statuses.push((await person.post(`${where.path}/docs/code/updates`, frames.update(frames.type(doc, text)))).status);
  }
  return statuses;
}

staysCalm();
before(async () => {
  [eve, ann] = [await api.signup(), await api.signup()];
  [large, room] = [await api.room(eve), await api.room(ann)];
  const pasted = await type(eve, large, new Y.Doc(), Array.from({ length: PIECES }, () => PIECE));
  assert.deepEqual(pasted, Array.from({ length: PIECES }, () => 204));
});

/* 2 is SCHED_RR (proc(5), the fields of stat after the name); a process that has gone has none. */
function policies(looks = 1) {
  const of = (pid) => {
    try {
      return readFileSync(`/proc/${pid}/stat`, "utf8").replace(/.*\) /s, "").split(" ")[38];
    } catch {
      return undefined;
    }
  };
  const pids = running("docs");
  return Array.from({ length: looks }, () => pids.map(of)).flat().filter(Boolean);
}
const allowed = () => spawnSync("chrt", ["--rr", "1", "true"]).status === 0;

/* Asks for the whole document, AT_ONCE times in parallel, until `over()`; how often each status came. */
async function devour(over, seen) {
  const ask = async () => {
    while (!over()) {
      const res = await eve.post(`${large.path}/docs/code/sync`, frames.step1());
      seen[res.status] = (seen[res.status] ?? 0) + 1;
      if (res.status !== 429) continue;
      assert.ok(Number(res.headers["retry-after"]) >= 1);
      await pause(5); /* the others are in this process */
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, ask));
}

test("who asks for a large document as fast as they can is held back, and nobody else's edits are", { timeout: 600_000 }, async (t) => {
  const seen = {};
  let over = false;
  const greedy = devour(() => over, seen);
  try {
    await waitFor(() => seen[200] > 0 && seen[429] > 0, { within: 120_000, what: "some that are served, some that are refused" });
    const edits = type(ann, room, new Y.Doc(), Array.from({ length: EDITS }, (_, i) => `${i}\n`));
    if (allowed()) await waitFor(() => policies(LOOKS).includes("0"), { within: 300_000, every: 1, what: "a large document that is not read in real time" });
    assert.deepEqual(await edits, Array.from({ length: EDITS }, () => 204));
  } finally {
    over = true;
    await greedy;
  }
  assert.deepEqual(Object.keys(seen).filter((status) => !["200", "429"].includes(status)), [], JSON.stringify(seen));
  if (!allowed()) return t.diagnostic("nothing may run in real time here");
  await waitFor(() => policies().every((policy) => policy === "2"), { what: "all of docs in real time again" });
});
