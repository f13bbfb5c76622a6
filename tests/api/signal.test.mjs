/*
 * signal.test.mjs - WebRTC messages reach whom they are for, and nobody speaks in another's name.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { api } from "../lib/api.mjs";

const connection = () => randomBytes(16).toString("base64url");

/* A member of the room with a page that hears signals. */
async function peer(person, room) {
  const id = connection();
  return { person, id, ear: await person.socket(`${room.ws}/signal?connection=${id}`) };
}

const send = (from, room, message) => from.person.post(`${room.path}/signal`, { from: from.id, ...message });

async function stage() {
  const room = await api.room(await api.signup());
  const people = [room.owner, await api.guest(room), await api.guest(room, "observer")];
  const peers = [];
  for (const person of people) peers.push(await peer(person, room));
  return { room, peers };
}

const close = (peers) => Promise.all(peers.map(({ ear }) => ear.close()));

test("a hello goes to all, an offer to one, each with who sent it", async () => {
  const { room, peers } = await stage();
  const [ann, bob, eve] = peers;
  assert.equal((await send(ann, room, { kind: "hello", data: "" })).status, 204);
  assert.equal((await send(bob, room, { to: eve.id, kind: "offer", data: "v=0" })).status, 204);
  assert.equal((await send(ann, room, { kind: "bye", data: "" })).status, 204);

  const offer = await eve.ear.next((m) => m.kind === "offer");
  assert.deepEqual(offer, { to: eve.id, from: bob.id, participant: bob.person.id, kind: "offer", data: "v=0" });
  for (const { ear } of peers) {
    await ear.next((m) => m.kind === "hello" && m.from === ann.id && m.participant === room.me);
    await ear.next((m) => m.kind === "bye");
  }
  assert.ok(!ann.ear.messages.some((m) => m.kind === "offer"), "who is not meant does not hear it");
  await close(peers);
});

test("nobody speaks as another's connection, or as one that is not here", async () => {
  const { room, peers } = await stage();
  const [ann, bob] = peers;
  for (const from of [ann.id, connection()]) {
    assert.equal((await send({ ...bob, id: from }, room, { kind: "hello", data: "" })).problem, "conflict");
  }
  await close(peers);
});

test("nobody speaks into another room, nor to who is not here", async () => {
  const [one, two] = [await stage(), await stage()];
  const [bob] = one.peers;
  for (const to of [two.peers[0].id, connection()]) {
    assert.equal((await send(bob, one.room, { to, kind: "offer", data: "" })).problem, "not-found");
  }
  assert.equal((await send(bob, two.room, { kind: "hello", data: "" })).problem, "not-found");
  await close([...one.peers, ...two.peers]);
});

test("nobody hears what is for another's connection", async () => {
  const { room, peers } = await stage();
  const [ann, bob] = peers;
  await assert.rejects(bob.person.socket(`${room.ws}/signal?connection=${ann.id}`), { status: 409 });
  await assert.rejects(bob.person.socket(`${room.ws}/signal?connection=*`), { status: 422 });
  await close(peers);
});

test("who has gone hears nothing more, and is no address", async () => {
  const { room, peers } = await stage();
  const [ann, bob] = peers;
  await bob.person.must(200, "POST", `${room.path}/presence`, { connection: bob.id, state: "gone" });
  assert.equal((await send(ann, room, { to: bob.id, kind: "offer", data: "" })).problem, "not-found");
  await close(peers);
});
