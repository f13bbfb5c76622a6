/*
 * docs_bounds.test.mjs - a document is filled in the worst ways there are: it is refused in time, with what to do, and what it
 * has taken stays readable, before it is compacted and after.
 *
 * Nobody waits for a refusal of a certain size: a body is sent until 413 says that the document is full. 503 says that it
 * comes to that by a compaction, and the body comes again, as the app's provider has it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as encoding from "lib0/encoding";
import * as Y from "yjs";
import { api, waitFor } from "../lib/api.mjs";
import { quote, sql } from "../lib/database.mjs";
import * as frames from "../lib/frames.mjs";
import { redis } from "../lib/redis.mjs";
import { staysCalm } from "../lib/stack.mjs";

staysCalm();

const MIB = 2 ** 20;
const LOADED_MAX = 8 * MIB; /* MOST_LOADED of functions/docs/append.lua */
const TAIL_WEIGHT = MIB; /* DOCUMENT_TAIL_WEIGHT of functions/docs/docs.h */
const LIMIT = { timeout: 600_000 };
const PATIENCE = { within: 120_000, every: 100 };

const clocks = (room) => `doc:{${room.id}}:code:clocks`;
const tail = (room) => Number(redis("HGET", clocks(room), "tail"));
const entries = (room) => Number(redis("XLEN", `doc:{${room.id}}:code:log`));
const stateBytes = (room) => Number(sql(`SELECT coalesce(max(length(state)), 0) FROM doc_checkpoint WHERE room_id = ${quote(room.id)} AND document = 'code'`)[0][0]);
const text = (doc) => doc.getText("file:main.py").toString();

/* 204, or 413 and why; whoever is told to try again does. */
async function post(person, room, update) {
  let reply;
  await waitFor(async () => (reply = await person.post(`${room.path}/docs/code/updates`, frames.update(update))).status !== 503, { ...PATIENCE, what: "an edit to be answered" });
  assert.ok([204, 413].includes(reply.status), `${reply.status} ${reply.raw}`);
  if (reply.status === 413) assert.match(reply.body.detail, /full: .*new room|too many/);
  return reply.status === 204;
}

/* Everything that reads a document, answered. */
async function readable(room, expected) {
  const { doc } = await frames.state(room.owner, room);
  const code = await room.owner.must(200, "GET", `${room.path}/docs/code/state`);
  assert.ok(code.hash);
  const files = await room.owner.must(200, "GET", `${room.path}/files`);
  assert.deepEqual(files.files.map((f) => f.path), ["main.py"]);
  assert.equal((await room.owner.get(`${room.path}/files/main.py`)).status, 200);
  if (expected !== undefined) assert.equal(text(doc), expected);
  return doc;
}

/* As it is, and once all of it is in a checkpoint: the room's end asks for one. */
async function staysReadable(room, expected) {
  await readable(room, expected);
  await room.owner.must(200, "POST", `${room.path}/end`);
  await waitFor(() => entries(room) === 0, { ...PATIENCE, what: "the last compaction" });
  assert.ok(stateBytes(room) > 0);
  assert.ok(stateBytes(room) <= LOADED_MAX, `a checkpoint of ${stateBytes(room)} bytes`);
  return readable(room, expected);
}

const someRoom = async () => api.room(await api.signup());

test("few large edits: full is said in time, and all that was taken can be read", LIMIT, async () => {
  const room = await someRoom();
  const doc = new Y.Doc();
  let n = 0;
  for (; n < 66; n++) {
    const before = text(doc);
    if (await post(room.owner, room, frames.type(doc, String.fromCharCode(97 + n % 26).repeat(950 * 1024)))) continue;
    await staysReadable(room, before);
    break;
  }
  assert.ok(n >= 6, `${n} edits`);
  assert.ok(n < 9, `${n} edits`);
});

test("a tail of one MiB is compacted, however few its entries", LIMIT, async () => {
  const room = await someRoom();
  const doc = new Y.Doc();
  let sent = 0;
  while (sent < 1.5 * TAIL_WEIGHT) {
    const update = frames.type(doc, "x".repeat(100_000));
    assert.ok(await post(room.owner, room, update));
    sent += update.length;
  }
  await waitFor(() => tail(room) < TAIL_WEIGHT && stateBytes(room) >= TAIL_WEIGHT, { ...PATIENCE, what: "a compaction" });
  assert.ok(entries(room) < 15, "what is in the checkpoint has left the stream");
  await readable(room, text(doc));
});

test("the tail's weight is what is in the stream, whenever it is counted", LIMIT, async () => {
  const room = await someRoom();
  const doc = new Y.Doc();
  for (let i = 0; i < 20; i++) assert.ok(await post(room.owner, room, frames.type(doc, "word ", { at: 0 })));
  assert.ok(await post(room.owner, room, frames.edit(doc, () => doc.getText("file:main.py").delete(3, 20))));
  const last = frames.type(new Y.Doc(), "!");
  assert.ok(await post(room.owner, room, last));
  const counted = tail(room);
  redis("DEL", clocks(room));
  /* It is known, and to find that out everything is counted anew. */
  assert.ok(await post(room.owner, room, last));
  assert.equal(tail(room), counted);
});

/* What no Y.Text could say in a reasonable time: every second of a client's first 2 * n letters is deleted. */
function holes(client, n) {
  const e = encoding.createEncoder();
  for (const number of [0, 1, client, n]) encoding.writeVarUint(e, number);
  for (let i = 0; i < n; i++) {
    encoding.writeVarUint(e, 2 * i);
    encoding.writeVarUint(e, 1);
  }
  return encoding.toUint8Array(e);
}

test("every second letter deleted: what a checkpoint makes of it is what counts", LIMIT, async () => {
  const room = await someRoom();
  const N = 20_000;
  let left = 0, full = false;
  while (!full) {
    const doc = new Y.Doc();
    full = !(await post(room.owner, room, frames.type(doc, "ab".repeat(N)))) || ((left += 2 * N), !(await post(room.owner, room, holes(doc.clientID, N)))) || ((left -= N), false);
  }
  const doc = await staysReadable(room);
  assert.ok(left > 5 * N);
  assert.equal(text(doc).length, left);
  assert.ok(stateBytes(room) > 10 * left, "it is many times as long as what it says");
});

test("two at once, and compacted meanwhile: neither is lost, and together they do not go beyond", LIMIT, async () => {
  const room = await someRoom();
  const guest = await api.guest(room);
  const taken = new Y.Doc();
  const write = async (person, letter) => {
    const doc = new Y.Doc();
    for (let n = 0; n < 60; n++) {
      const update = frames.type(doc, letter.repeat(300_000), { at: 0 });
      if (!(await post(person, room, update))) return;
      Y.applyUpdate(taken, update);
    }
    assert.fail("never full");
  };
  await Promise.all([write(room.owner, "a"), write(guest, "b")]);
  const doc = await staysReadable(room);
  assert.equal(text(doc).length, text(taken).length);
});
