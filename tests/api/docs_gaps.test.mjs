/*
 * docs_gaps.test.mjs - edits that come before what they follow, and edits made to cost: bounded, told, and healed.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as encoding from "lib0/encoding";
import * as Y from "yjs";
import { api, waitFor } from "../lib/api.mjs";
import * as frames from "../lib/frames.mjs";
import { redis } from "../lib/redis.mjs";
import { staysCalm } from "../lib/stack.mjs";

staysCalm();

const FILE = "file:main.py";
const updates = (room) => `${room.path}/docs/code/updates`;
const send = (person, room, update) => person.post(updates(room), frames.update(update));
const type = frames.type;
const text = async (room) => (await frames.state(room.owner, room)).doc.getText(FILE).toString();

async function place() {
  const room = await api.room(await api.signup());
  return { room, ann: room.owner, bob: await api.guest(room), doc: new Y.Doc() };
}

const asked = (ear) => ear.messages.flatMap(frames.read).filter((message) => message.step === "step1");

test("a delete that overtakes what it deletes waits for it", async () => {
  const { room, ann, doc } = await place();
  await send(ann, room, type(doc, "kept "));
  const typed = type(doc, "gone");
  const deleted = frames.edit(doc, () => doc.getText(FILE).delete(5, 4));
  const last = type(doc, "end");
  for (const update of [last, deleted, typed]) assert.equal((await send(ann, room, update)).status, 204);
  assert.equal(await text(room), "kept end");
  assert.equal((await send(ann, room, type(doc, "!"))).status, 204);
  assert.equal(redis("HGET", `doc:{${room.id}}:code:clocks`, doc.clientID), String(Y.getState(doc.store, doc.clientID)));
  assert.equal(redis("HGET", `doc:{${room.id}}:code:clocks`, "waiting"), "0");
});

test("what refers to others' edits that nobody has sent is refused, and the room is asked for them", async () => {
  const { room, ann, bob, doc } = await place();
  const ear = await ann.socket(`${room.ws}/docs/code`);
  const unsent = type(doc, "never sent");
  const other = new Y.Doc();
  Y.applyUpdate(other, unsent);
  const behind = type(other, " and more");
  const deletes = frames.edit(other, () => other.getText(FILE).delete(0, 3));
  for (const update of [behind, deletes]) {
    const res = await send(bob, room, update);
    assert.equal(res.problem, "conflict");
    assert.match(res.body.detail, new RegExp(`${doc.clientID}.*sync first`));
  }
  await waitFor(() => asked(ear).length > 0);
  assert.deepEqual(asked(ear)[0].bytes, Y.encodeStateVector(new Y.Doc()));
  /* Everyone who has them brings them, and then the rest is taken. */
  assert.equal((await send(ann, room, unsent)).status, 204);
  for (const update of [behind, deletes]) assert.equal((await send(bob, room, update)).status, 204);
  assert.equal(await text(room), other.getText(FILE).toString());
  assert.equal(asked(ear).length, 1, "asked more than once in ten seconds");
  await ear.close();
});

test("a hostile client cannot have more wait than a document holds, and nobody else notices", async () => {
  const { room, ann, bob, doc } = await place();
  const evil = new Y.Doc();
  const first = type(evil, "0");
  type(evil, "missing");
  const pieces = Array.from({ length: 12 }, () => type(evil, "x".repeat(40_000)));
  await send(bob, room, first);
  const statuses = [];
  for (const piece of pieces) statuses.push((await send(bob, room, piece)).status);
  const taken = statuses.filter((status) => status === 204).length;
  assert.ok(taken > 0 && taken * 40_000 <= 262_144, `${taken} of 40 kB each wait`);
  assert.deepEqual(statuses.slice(taken), Array(12 - taken).fill(409));

  assert.equal((await send(ann, room, type(doc, "undisturbed"))).status, 204);
  assert.equal(await text(room), ["0undisturbed", "undisturbed0"].find((both) => both.startsWith(doc.clientID < evil.clientID ? "u" : "0")));
  /* A sync puts all of it right. */
  assert.equal((await bob.post(updates(room), frames.step2(Y.encodeStateAsUpdate(evil)))).status, 204);
  assert.equal((await text(room)).length, "undisturbed".length + evil.getText(FILE).length);
  assert.equal(redis("HGET", `doc:{${room.id}}:code:clocks`, "waiting"), "0");
});

test("nothing waits for ever: after half a minute the author has to sync", async () => {
  const { room, ann, doc } = await place();
  await send(ann, room, type(doc, "a"));
  const missing = type(doc, "b");
  assert.equal((await send(ann, room, type(doc, "c"))).status, 204);
  const key = `doc:{${room.id}}:code:clocks`;
  const [next, till, since, bytes] = redis("HGET", key, doc.clientID).split(";");
  redis("HSET", key, doc.clientID, [next, till, Number(since) - 31_000, bytes].join(";"));
  assert.equal((await send(ann, room, type(doc, "d"))).problem, "conflict");
  assert.equal((await ann.post(updates(room), frames.step2(Y.encodeStateAsUpdate(doc)))).status, 204);
  assert.equal((await send(ann, room, missing)).status, 204);
  assert.equal((await send(ann, room, type(doc, "e"))).status, 204);
  assert.equal(await text(room), "abcde");
});

test("what waits survives the loss of its clocks", async () => {
  const { room, ann, doc } = await place();
  await send(ann, room, type(doc, "a"));
  const missing = type(doc, "b");
  await send(ann, room, type(doc, "c"));
  redis("DEL", `doc:{${room.id}}:code:clocks`);
  assert.equal((await send(ann, room, type(doc, "d"))).status, 204);
  assert.equal((await send(ann, room, missing)).status, 204);
  assert.equal((await send(ann, room, type(doc, "e"))).status, 204);
  assert.equal(await text(room), "abcde");
  assert.equal(redis("HGET", `doc:{${room.id}}:code:clocks`, doc.clientID), "5");
});

/* Structs of one character, all put at the beginning, but the first if it has an origin: each has to look for its place. */
function beginnings(client, start, count, origin) {
  const to = encoding.createEncoder();
  [1, count, client, start].forEach((n) => encoding.writeVarUint(to, n));
  for (let i = 0; i < count; i++) {
    encoding.writeUint8(to, origin && i === 0 ? 0x84 : 4);
    if (origin && i === 0) origin.forEach((n) => encoding.writeVarUint(to, n));
    else {
      encoding.writeVarUint(to, 1);
      encoding.writeVarString(to, FILE);
    }
    encoding.writeVarString(to, "x");
  }
  encoding.writeVarUint(to, 0);
  return encoding.toUint8Array(to);
}

test("edits that would take hours to integrate are refused, and the document goes on", async () => {
  const { room, ann, bob, doc } = await place();
  assert.equal((await send(bob, room, beginnings(1, 0, 40_000))).status, 204);
  for (const body of [frames.update, frames.step2].map((wrap) => wrap(beginnings(2, 0, 40_000)))) {
    const res = await bob.post(updates(room), body);
    assert.equal(res.status, 413, res.raw.toString());
    assert.match(res.body.detail, /conflict/);
  }
  assert.equal((await send(ann, room, type(doc, "still here"))).status, 204);
  assert.ok((await text(room)).includes("still here"));
});

test("a document that only loads slowly takes no more edits, but stays readable", async () => {
  const { room, ann, bob } = await place();
  /* Each of these is cheap enough; at once they are not, and the first makes a stored state take them in the same order. */
  assert.equal((await send(bob, room, beginnings(100, 0, 30_000))).status, 204);
  for (let i = 0; i < 1300; i += 100) assert.equal((await send(bob, room, beginnings(400, i, 100, i === 0 && [100, 29_999]))).status, 204);
  /* Until it is to be stored, which nobody waits for. */
  const typing = new Y.Doc();
  let last;
  for (let i = 0; i < 600 && last?.status !== 413; i++) last = await send(ann, room, type(typing, "z"));
  const isFull = async () => (last = await send(ann, room, type(typing, "z"))).status === 413;
  await waitFor(isFull, { within: 120_000, what: "no more is taken" });
  assert.match(last.body.detail, /full/);
  assert.equal((await ann.post(updates(room), frames.awareness({ [typing.clientID]: { state: {} } }))).status, 204);
  assert.ok((await text(room)).length > 31_000);
});
