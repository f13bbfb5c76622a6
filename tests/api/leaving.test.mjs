/*
 * leaving.test.mjs - a WebSocket that closes is a trigger: whoever it was is soon no longer shown, and nobody else is
 * taken for gone by it.
 *
 * A lease lasts for 40 s. What is waited for here must come sooner: by the close, and not by a lease that ran out.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { api, waitFor } from "../lib/api.mjs";
import { closed, frame, handshake } from "../lib/handshake.mjs";
import { watch } from "../lib/stack.mjs";

const BEFORE_THE_LEASE = { within: 35_000 };
const SOON_MS = 2500; /* in which a page connects again: PRESENCE_SOON_MS of functions/rooms/presence.h */
const CLOSE = frame({ opcode: 8, payload: Buffer.from([0x03, 0xe8]) });

let calm;
let ann;
let room;
let ear;
let people;

const connection = () => randomBytes(16).toString("base64url");

before(async () => {
  calm = watch();
  ann = await api.signup();
  room = await api.room(ann);
  ear = await ann.socket(`${room.ws}/events`);
  people = await Promise.all(["Bob", "Cas", "Dan"].map((name) => api.guest(room, "candidate", { name })));
});
after(async () => {
  await ear.close();
  calm();
});

/* A socket of events by hand, as somebody's connection. */
async function arrive(person, id = connection(), headers = {}) {
  await person.fresh();
  const answer = await handshake(`${room.ws}/events?connection=${id}`, { headers: { Authorization: `Bearer ${person.token}`, ...headers } });
  assert.equal(answer.status, 101);
  answer.socket.resume();
  return answer.socket;
}

const shown = (event, person) => event.participants.some((p) => p.id === person.id);

/* What was told of presence since `from`. */
const told = (from) => ear.messages.slice(from).filter((event) => event.type === "presence");

/* Waits until the room was told, after `from`, that somebody is here or is not. */
function isTold(person, here, from) {
  const what = `${person.name} is ${here ? "" : "not "}here`;
  return ear.next((event) => ear.messages.indexOf(event) >= from && event.type === "presence" && shown(event, person) === here, { ...BEFORE_THE_LEASE, what });
}

async function comes(person, id) {
  const from = ear.messages.length;
  const socket = await arrive(person, id);
  await isTold(person, true, from);
  return socket;
}

/* Somebody else comes and goes: what closed before that has been looked at by then. */
async function another(person) {
  const socket = await comes(person);
  const from = ear.messages.length;
  socket.resetAndDestroy();
  await isTold(person, false, from);
}

for (const [how, end] of Object.entries({
  "cut without a word": (socket) => socket.resetAndDestroy(),
  "ended by the network": (socket) => socket.end(),
  "closed by a frame": async (socket) => {
    socket.write(CLOSE);
    await closed(socket, 30_000);
  },
  "ended for what it said": (socket) => socket.write(frame({ payload: Buffer.from("I say something") })),
})) {
  test(`a socket that is ${how}: its person is no longer here, before the lease runs out`, async () => {
    const [bob] = people;
    const socket = await comes(bob);
    const from = ear.messages.length;
    await end(socket);
    await isTold(bob, false, from);
    socket.destroy();
  });
}

test("whoever connects again is not seen to go", async () => {
  const [bob, cas] = people;
  /* False where this machine took longer for it than a page may: that proves nothing. */
  const again = async () => {
    const id = connection();
    const first = await comes(bob, id);
    const [from, began] = [ear.messages.length, performance.now()];
    first.resetAndDestroy();
    const second = await arrive(bob, id);
    const soon = performance.now() - began < SOON_MS;
    await another(cas);
    const stayed = told(from).every((event) => shown(event, bob));
    const then = ear.messages.length;
    second.resetAndDestroy();
    await isTold(bob, false, then);
    return soon && { stayed };
  };
  const { stayed } = await waitFor(again, { within: 120_000, what: "Bob to connect again soon enough" });
  assert.ok(stayed, "Bob was here all the time");
});

test("a close that comes late, after another socket was opened, ends nothing", async () => {
  const [bob, cas, dan] = people;
  const id = connection();
  const old = await comes(bob, id);
  const from = ear.messages.length;
  const young = await arrive(bob, id);
  old.resetAndDestroy();
  await another(cas);
  await bob.must(200, "POST", `${room.path}/presence`, { connection: id, state: "here" });
  await another(dan);
  assert.ok(told(from).every((event) => shown(event, bob)), "Bob was here all the time");
  young.resetAndDestroy();
  await isTold(bob, false, from);
});

test("whoever has a second page stays", async () => {
  const [bob, cas] = people;
  const one = await comes(bob);
  const from = ear.messages.length;
  const two = await arrive(bob);
  one.resetAndDestroy();
  await another(cas);
  assert.ok(told(from).every((event) => shown(event, bob)), "Bob was here all the time");
  two.resetAndDestroy();
  await isTold(bob, false, from);
});

test("other sockets of a page end nothing, nor does a socket that names no connection", async () => {
  const [bob, cas] = people;
  const id = connection();
  const events = await comes(bob, id);
  const from = ear.messages.length;
  for (const path of [`signal?connection=${id}`, "events", "docs/code", "terminal"]) (await bob.socket(`${room.ws}/${path}`)).abort();
  await another(cas);
  assert.ok(told(from).every((event) => shown(event, bob)), "Bob was here all the time");
  events.resetAndDestroy();
  await isTold(bob, false, from);
});

test("nobody ends another's presence: not by headers, not by their connection, not by any path", async () => {
  const [bob, cas, dan] = people;
  const id = connection();
  const socket = await comes(bob, id);
  const from = ear.messages.length;
  const message = JSON.stringify({ room: room.id, participant: bob.id, connection: id, socket: "x" });
  const lies = { "X-Closed": message, "X-Accel-Redirect": "/internal/rooms_left", Trigger: "rooms_left", Message: message };
  (await arrive(cas, connection(), lies)).resetAndDestroy();
  assert.equal((await cas.socket(`${room.ws}/events?connection=${id}`).catch((refused) => refused)).status, 409);
  for (const path of ["/internal/rooms_left", "/rooms_left", "/api/rooms_left", "/internal/rooms_left?room=x"]) {
    const res = await cas.post(path, JSON.parse(message), { headers: lies, check: false });
    assert.ok(res.status === 404 || res.status === 405, `${path}: ${res.status}`);
  }
  await another(dan);
  assert.ok(told(from).every((event) => shown(event, bob)), "Bob was here all the time");
  socket.resetAndDestroy();
  await isTold(bob, false, from);
});

test("a hundred who are cut at once are all gone, and nobody who asks waits for that", async () => {
  const guests = await Promise.all(Array.from({ length: 10 }, (_, i) => api.guest(room, "observer", { name: `Guest ${i}` })));
  const sockets = [];
  while (sockets.length < 100) sockets.push(...(await Promise.all(guests.map((guest) => arrive(guest)))));
  const from = ear.messages.length;
  for (const socket of sockets) socket.resetAndDestroy();
  await Promise.all(Array.from({ length: 20 }, () => ann.must(200, "GET", room.path)));
  await Promise.all(guests.map((guest) => isTold(guest, false, from)));
});
