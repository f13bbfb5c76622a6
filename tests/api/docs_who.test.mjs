/*
 * docs_who.test.mjs - who may write is decided anew for each edit, though the functions remember who somebody was.
 *
 * Each worker has a memory of its own, so everything is tried by many requests at once: in front of the change, so that
 * the workers remember, and right behind it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as Y from "yjs";
import { api, patiently } from "../lib/api.mjs";
import * as frames from "../lib/frames.mjs";
import { monitor, redis } from "../lib/redis.mjs";
import { staysCalm } from "../lib/stack.mjs";

staysCalm();

const WORKERS = 4;	/* functions/docs/pool.conf */
const MANY = 6 * WORKERS;
const updates = (room, document = "code") => `${room.path}/docs/${document}/updates`;
const text = async (person, room) => (await frames.state(person, room)).doc.getText("file:main.py").toString();

/* Each an edit of its own, under a client id of its own. */
const edits = (make = (doc) => frames.type(doc, "x"), n = MANY) => Array.from({ length: n }, () => frames.update(make(new Y.Doc())));
const note = (doc) => frames.edit(doc, () => doc.getText("notes").insert(0, "n"));

/* As many at once as there are workers; one that is too busy is asked again. */
async function send(person, room, bodies, document) {
  const replies = [];
  const lane = async (from) => {
    for (let i = from; i < bodies.length; i += WORKERS) replies[i] = await patiently(() => person.post(updates(room, document), bodies[i]));
  };
  await Promise.all(Array.from({ length: WORKERS }, (_, i) => lane(i)));
  return replies;
}

async function all(status, person, room, bodies, document) {
  const replies = await send(person, room, bodies, document);
  assert.deepEqual(replies.map((reply) => reply.status), bodies.map(() => status), `${replies.find((reply) => reply.status !== status)?.raw}`);
}

/* A room in which both have just written by every worker. */
async function place(role = "candidate") {
  const room = await api.room(await api.signup());
  const bob = await api.guest(room, role);
  await all(204, room.owner, room, edits());
  if (role !== "observer") await all(204, bob, room, edits());
  return { room, ann: room.owner, bob };
}

test("an edit costs Redis one exchange", async () => {
  const { room, ann } = await place();
  const heard = await monitor(room.id);
  for (const body of edits(undefined, 4 * MANY)) assert.equal((await patiently(() => ann.post(updates(room), body))).status, 204);
  const commands = await heard.end();
  const scripts = commands.filter((command) => command.startsWith("EVAL")).length;
  assert.ok(scripts >= 4 * MANY, `${scripts} scripts`);
  /* Once in half a minute a membership is asked for anew, by each worker. */
  assert.ok(commands.length - scripts < MANY, `beside ${scripts} scripts: ${commands.filter((command) => !command.startsWith("EVAL"))}`);
});

test("a guest who left is refused at once", async () => {
  const { room, ann, bob } = await place();
  await bob.must(204, "POST", `${room.path}/leave`);
  await all(401, bob, room, edits());
  assert.equal((await text(ann, room)).length, 2 * MANY);
});

test("an account that left is refused at once, and the room is not there for it", async () => {
  const { room, ann } = await place();
  const ida = await api.signup();
  await api.join(ida, room);
  await all(204, ida, room, edits());
  await ida.must(204, "POST", `${room.path}/leave`);
  await all(404, ida, room, edits());
  await api.join(ida, room);
  await all(204, ida, room, edits());
  assert.equal((await text(ann, room)).length, 4 * MANY);
});

test("who signed out is refused at once", async () => {
  const { room, bob } = await place();
  const ann = await api.signin(room.owner);
  await all(204, ann, room, edits());
  await ann.must(204, "POST", "/api/auth/signout");
  await all(401, ann, room, edits());
  assert.equal((await text(bob, room)).length, 3 * MANY);
});

test("an ended room takes no more edits from anybody, at once, but cursors still move", async () => {
  const { room, ann, bob } = await place();
  await ann.must(200, "POST", `${room.path}/end`);
  await all(410, bob, room, edits());
  await all(410, ann, room, edits());
  await all(204, bob, room, edits(undefined, 4).map((_, i) => frames.awareness({ [1000 + i]: { state: {} } })));
  assert.equal((await text(bob, room)).length, 2 * MANY);
});

test("of edits that race the room's end none is stored that was refused, and none begun after it", async () => {
  const { room, ann, bob } = await place();
  const before = (await text(ann, room)).length;
  const racing = send(bob, room, edits(undefined, 4 * MANY));
  await ann.must(200, "POST", `${room.path}/end`);
  const late = await send(bob, room, edits());
  const replies = await racing;
  assert.ok(replies.every(({ status }) => status === 204 || status === 410), replies.map(({ status }) => status).join());
  assert.ok(late.every(({ status }) => status === 410), late.map(({ status }) => status).join());
  assert.equal((await text(bob, room)).length, before + replies.filter(({ status }) => status === 204).length);
});

test("a higher role counts at once", async () => {
  const { room } = await place();
  const eve = await api.signup();
  await api.join(eve, room, "observer");
  await all(403, eve, room, edits());
  await all(204, eve, room, edits(undefined, MANY).map((_, i) => frames.awareness({ [2000 + i]: { state: {} } })));
  await api.join(eve, room, "candidate");
  await all(204, eve, room, edits());
  await all(403, eve, room, edits(note), "notes");
  await api.join(eve, room, "interviewer");
  await all(204, eve, room, edits(note), "notes");
});

test("what is wrong with an edit is not told to who may not make it", async () => {
  const { room, bob } = await place();
  const bad = Array.from({ length: MANY }, () => Uint8Array.of(0, 2, 5, 1));
  const large = new Uint8Array((1 << 20) + 1);
  await all(422, bob, room, bad);
  await bob.must(204, "POST", `${room.path}/leave`);
  await all(401, bob, room, bad);
  await all(401, bob, room, Array.from({ length: 4 }, () => new Uint8Array(0)));
  const reply = await patiently(() => bob.post(updates(room), large));
  assert.ok([401, 413].includes(reply.status), `${reply.status}`);	/* the gateway measures bodies as well */
});

test("one who writes in two rooms by turns is who they are in each", async () => {
  const here = await place();
  const there = await api.room(await api.signup());
  await api.join(here.ann, there, "observer");
  for (let i = 0; i < 4; i++) {
    await all(204, here.ann, here.room, edits());
    await all(403, here.ann, there, edits());
  }
});

test("a membership that Redis has lost is asked for again", async () => {
  const { room, ann } = await place();
  for (let i = 0; i < MANY; i++) {
    redis("DEL", `room:{${room.id}}:members`);
    await all(204, ann, room, edits(undefined, 4));
  }
});
