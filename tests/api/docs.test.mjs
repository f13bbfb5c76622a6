/*
 * docs.test.mjs - documents over HTTP: stored before shown, bound to who writes, never stored twice.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as Y from "yjs";
import { api, waitFor } from "../lib/api.mjs";
import * as frames from "../lib/frames.mjs";

const FILE = "file:main.py";

const room = async () => api.room(await api.signup());
const updates = (room, document = "code") => `${room.path}/docs/${document}/updates`;
const sync = (room, document = "code") => `${room.path}/docs/${document}/sync`;

const text = (doc) => doc.getText(FILE).toString();
const type = frames.type;

/* The update by which a new document becomes what `change` makes of it. */
function fresh(change) {
  const doc = new Y.Doc();
  return frames.edit(doc, () => change(doc));
}

/* The document as the server has it. */
const stored = async (person, room) => (await frames.state(person, room)).doc;

/* What a socket heard: one entry a y-protocols message, "update", "awareness", ... */
const heard = (ear) => ear.messages.flatMap(frames.read).map((message) => message.step ?? message.type);

test("an edit that was answered is there, and is shown to who listens", async () => {
  const r = await room();
  const bob = await api.guest(r);
  const ear = await bob.socket(`${r.ws}/docs/code`);
  const update = type(new Y.Doc(), "print(1)");

  assert.equal((await r.owner.post(updates(r), frames.update(update))).status, 204);
  assert.equal(text(await stored(bob, r)), "print(1)");
  const shown = new Y.Doc();
  for (const message of frames.read(await ear.next())) Y.applyUpdate(shown, message.bytes);
  assert.equal(text(shown), "print(1)");
  await ear.close();
});

test("sync answers with what the caller lacks, and the server's state vector", async () => {
  const r = await room();
  const doc = new Y.Doc();
  await r.owner.post(updates(r), frames.update(type(doc, "first ")));
  const before = Y.encodeStateVector(doc);
  await r.owner.post(updates(r), frames.update(type(doc, "second")));

  const [lack, have] = frames.read((await r.owner.post(sync(r), frames.step1(before))).body);
  assert.equal(lack.step, "step2");
  assert.deepEqual(Y.decodeUpdate(lack.bytes).structs.map((item) => item.content.str), ["second"]);
  assert.equal(have.step, "step1");
  assert.deepEqual(have.bytes, Y.encodeStateVector(doc));
});

test("the same edit sent twice is stored once", async () => {
  const r = await room();
  const update = type(new Y.Doc(), "once");
  const ear = await r.owner.socket(`${r.ws}/docs/code`);
  for (let i = 0; i < 3; i++) assert.equal((await r.owner.post(updates(r), frames.update(update))).status, 204);
  assert.equal(text(await stored(r.owner, r)), "once");

  await r.owner.post(updates(r), frames.awareness({ 77: { state: { user: "Ann" } } }));
  await waitFor(() => heard(ear).includes("awareness"));
  assert.deepEqual(heard(ear), ["update", "awareness"], "the resends were not shown again");
  await ear.close();
});

test("of an edit that is partly known only the rest is stored", async () => {
  const r = await room();
  const doc = new Y.Doc();
  await r.owner.post(updates(r), frames.update(type(doc, "abc")));
  type(doc, "def");
  assert.equal((await r.owner.post(updates(r), frames.update(Y.encodeStateAsUpdate(doc)))).status, 204);
  assert.equal(text(await stored(r.owner, r)), "abcdef");
});

test("edits that overtake one another all arrive", async () => {
  const r = await room();
  const doc = new Y.Doc();
  const [a, b, c] = ["one ", "two ", "three"].map((word) => type(doc, word));
  for (const update of [c, a, b]) assert.equal((await r.owner.post(updates(r), frames.update(update))).status, 204);
  assert.equal(text(await stored(r.owner, r)), "one two three");
});

test("a resync repeats every delete, and the log does not grow by it", async () => {
  const r = await room();
  const doc = new Y.Doc();
  await r.owner.post(updates(r), frames.update(type(doc, "hello")));
  await r.owner.post(updates(r), frames.update(frames.edit(doc, () => doc.getText(FILE).delete(0, 2))));
  const ear = await r.owner.socket(`${r.ws}/docs/code`);
  assert.equal((await r.owner.post(updates(r), frames.step2(Y.encodeStateAsUpdate(doc)))).status, 204);
  await r.owner.post(updates(r), frames.awareness({ 78: { state: {} } }));
  await waitFor(() => heard(ear).length > 0);
  assert.deepEqual(heard(ear), ["awareness"], "nothing of the resync was shown");
  assert.equal(text(await stored(r.owner, r)), "llo");
  await ear.close();
});

test("nobody writes under another's client id", async () => {
  const r = await room();
  const bob = await api.guest(r);
  const doc = new Y.Doc();
  await r.owner.post(updates(r), frames.update(type(doc, "ann's")));
  const forged = type(doc, " evil");
  for (const body of [frames.update(forged), frames.awareness({ [doc.clientID]: { state: { user: "Bob" } } })]) {
    const res = await bob.post(updates(r), body);
    assert.equal(res.status, 403);
    assert.equal(res.problem, "denied");
  }
  assert.equal(text(await stored(bob, r)), "ann's");
});

test("a browser hands back what the server lost of somebody who is away, but not of somebody who is here", async () => {
  const r = await room();
  const bob = await api.guest(r);
  const doc = new Y.Doc();
  await r.owner.post(updates(r), frames.update(type(doc, "stored, ")));
  type(doc, "lost");
  const whole = frames.step2(Y.encodeStateAsUpdate(doc));

  const connection = "A".repeat(22);
  await r.owner.post(`${r.path}/presence`, { connection, state: "here" });
  assert.equal((await bob.post(updates(r), whole)).status, 403);
  await r.owner.post(`${r.path}/presence`, { connection, state: "gone" });
  assert.equal((await bob.post(updates(r), whole)).status, 204);
  assert.equal(text(await stored(bob, r)), "stored, lost");
});

test("an observer is heard in awareness but does not edit", async () => {
  const r = await room();
  const eve = await api.guest(r, "observer");
  const doc = new Y.Doc();
  const res = await eve.post(updates(r), frames.update(type(doc, "x")));
  assert.equal(res.problem, "denied");
  assert.equal((await eve.post(updates(r), frames.awareness({ [doc.clientID]: { state: {} } }))).status, 204);
  assert.equal(text(await stored(eve, r)), "");
});

test("notes are for interviewers", async () => {
  const r = await room();
  const [bob, ida] = [await api.guest(r, "candidate"), await api.guest(r, "interviewer")];
  const note = fresh((doc) => doc.getText("notes").insert(0, "strong"));
  assert.equal((await ida.post(updates(r, "notes"), frames.update(note))).status, 204);
  assert.equal((await bob.post(updates(r, "notes"), frames.update(note))).problem, "denied");
  assert.equal((await bob.post(sync(r, "notes"), frames.step1())).problem, "denied");
});

test("other root types than files are refused", async () => {
  const r = await room();
  const update = fresh((doc) => doc.getText("elsewhere").insert(0, "x"));
  const res = await r.owner.post(updates(r), frames.update(update));
  assert.equal(res.status, 422);
  assert.match(res.body.detail, /root|elsewhere/);
});

test("an ended room can be read but not written", async () => {
  const r = await room();
  const doc = new Y.Doc();
  await r.owner.post(updates(r), frames.update(type(doc, "kept")));
  await r.owner.must(200, "POST", `${r.path}/end`);
  assert.equal((await r.owner.post(updates(r), frames.update(type(doc, " late")))).problem, "gone");
  assert.equal(text(await stored(r.owner, r)), "kept");
});

test("a log longer than a checkpoint's worth is read back whole, in pieces and at once", async () => {
  const r = await room();
  const doc = new Y.Doc();
  let expected = "";
  /* Well over DOCUMENT_TAIL_MAX of functions/docs/docs.h, so that it was compacted on the way. */
  for (let i = 0; i < 1300; i++) {
    const word = `${i} `;
    expected += word;
    const res = await r.owner.post(updates(r), frames.update(type(doc, word)));
    assert.equal(res.status, 204);
  }
  assert.equal(text(await stored(r.owner, r)), expected);
  const [lack, have] = frames.read((await r.owner.post(sync(r), frames.step1(Y.encodeStateVector(doc)))).body);
  assert.equal(Y.decodeUpdate(lack.bytes).structs.length, 0);
  assert.deepEqual(have.bytes, Y.encodeStateVector(doc));
});

test("an update of very many pieces is refused with a reason", async () => {
  const r = await room();
  const parts = [];
  /* One client whose every second edit is missing: each piece costs the server a look at a clock. */
  const doc = new Y.Doc();
  for (let i = 0; i < 9000; i++) {
    const update = type(doc, "x", { at: 0 });
    if (i % 2 === 0) parts.push(update);
  }
  const res = await r.owner.post(updates(r), frames.update(Y.mergeUpdates(parts)));
  assert.equal(res.status, 413);
  assert.match(res.body.detail, /pieces/);
});
