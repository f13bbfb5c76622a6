/*
 * gateway_held.test.mjs - how much at once: x-at-once of api.yaml by caller and by address, and all connections of one address.
 *
 * Held are a socket as long as it lives, and a request from its head to the end of its answer: here, bodies that take their time.
 */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { api, waitFor } from "../lib/api.mjs";
import { fill, operations } from "../lib/contract.mjs";
import { ownAddress, send } from "../lib/http.mjs";
import { connect } from "../lib/raw.mjs";

/* As in schemas/gen/nginx.mjs. */
const PEOPLE = 64;
const CONNECTIONS = 4096;
const LIMIT = { timeout: 300_000 };

let room;
before(async () => {
  room = await api.room(await api.signup());
});

const operation = (id) => operations.find((op) => op.id === id);
const pathOf = (op) => fill(op, { room: room.id, document: "code" });

function refused({ status, headers, raw }, what) {
  assert.equal(status, 429, `${what}: ${status} ${raw}`);
  assert.match(headers["content-type"], /^application\/problem\+json/, what);
  assert.ok(Number(headers["retry-after"]) >= 1, what);
  const said = JSON.parse(raw);
  assert.deepEqual([said.type, said.status], ["limit", 429], what);
  assert.match(said.request, /^[0-9a-f]{32}$/, what);
}

/* Opens a socket: itself, or how it was refused. */
const knock = (person, path) => person.socket(path).catch((error) => error);

/* One that must not open. */
async function shut(person, path, what) {
  const got = await knock(person, path);
  if (!(got instanceof Error)) got.abort();
  refused(got, what);
}

test("a person may have so many sockets, wherever they come from; others have their own, and who leaves makes room", LIMIT, async () => {
  const op = operation("rooms_connect_events");
  const [ann, bob] = [await api.guest(room), await api.guest(room)];
  bob.address = ann.address;
  const sockets = [];
  try {
    /* A few at a time: what is tried is how many there may be, not how many handshakes there may be at once. */
    while (sockets.length < op.atOnce) sockets.push(...(await Promise.all(Array.from({ length: 8 }, () => ann.socket(pathOf(op))))));
    assert.equal(sockets.length, op.atOnce);
    await shut(ann, pathOf(op), "one more");
    ann.address = ownAddress();
    await shut(ann, pathOf(op), "one more from elsewhere");
    await ann.refresh();
    await shut(ann, pathOf(op), "one more with another token");
    sockets.push(await bob.socket(pathOf(op)));
    sockets.push(await ann.socket(pathOf(operation("rooms_connect_document"))));
    sockets.shift().abort();
    sockets.push(await waitFor(async () => {
      const got = await knock(ann, pathOf(op));
      return got instanceof Error ? (refused(got, "still"), false) : got;
    }, { what: "room for another" }));
  } finally {
    for (const socket of sockets) socket.abort();
  }
});

/* Requests whose bodies do not end, until `free`; the gateway gives up on who says nothing for 15 s, so each says a little. */
class Held {
  sockets = [];

  constructor(address = ownAddress()) {
    this.address = address;
    this.timer = setInterval(() => this.sockets.forEach((socket) => socket.write("x")), 4000);
  }

  async hold(op, count, token) {
    const lines = [`${op.method} ${pathOf(op)} HTTP/1.1`, "Host: viva", "Content-Type: application/octet-stream", "Content-Length: 60000"];
    const head = [...lines, ...(token ? [`Authorization: Bearer ${token}`] : []), "", "x"].join("\r\n");
    for (let i = 0; i < count; i += 256) {
      const some = await Promise.all(Array.from({ length: Math.min(256, count - i) }, () => connect(this.address)));
      for (const socket of some) {
        socket.on("error", () => {});
        socket.write(head);
      }
      this.sockets.push(...some);
      await new Promise((wake) => setTimeout(wake, 300)); /* or the gateway's requests a second would answer (VIVA_RATE) */
    }
  }

  /* None of them has been answered. */
  silent() {
    assert.deepEqual(this.sockets.filter((socket) => socket.bytesRead > 0 || socket.closed).length, 0, "somebody who should be held was answered");
  }

  free() {
    clearInterval(this.timer);
    for (const socket of this.sockets) socket.destroy();
  }
}

/* Whoever asks now: a request of a few bytes, whole. */
const ask = (op, { address, token }) =>
  send({ method: op.method, path: pathOf(op), body: "", address, headers: { "content-type": "application/octet-stream", ...(token ? { authorization: `Bearer ${token}` } : {}) } });

test("a caller may send so much at once; the next person behind the same address is not kept from it", LIMIT, async () => {
  const op = operation("docs_append");
  const [eve, bob] = [await api.guest(room), await api.guest(room)];
  const held = new Held(eve.address);
  try {
    await held.hold(op, op.atOnce, eve.token);
    await waitFor(async () => (await ask(op, eve)).status === 429, { what: "the gateway to have all of them" });
    refused(await ask(op, eve), "one more");
    assert.notEqual((await ask(op, { ...bob, token: bob.token, address: eve.address })).status, 429, "a neighbour");
    assert.notEqual((await ask(operation("docs_sync"), eve)).status, 429, "something else");
    held.silent();
  } finally {
    held.free();
  }
  await waitFor(async () => (await ask(op, eve)).status !== 429, { what: "room again" });
});

test("what takes long is counted together: who reads as many documents as they may reads no file besides, and a neighbour does", LIMIT, async () => {
  const [sync, ...others] = operations.filter((op) => op.id === "docs_sync" || (op.together && op.id !== "docs_file"));
  const [eve, bob] = [await api.guest(room), await api.guest(room)];
  const held = new Held(eve.address);
  try {
    await held.hold(sync, sync.atOnce, eve.token);
    await waitFor(async () => (await ask(sync, eve)).status === 429, { what: "the gateway to have all of them" });
    for (const op of others) {
      assert.equal(op.together, sync.together);
      refused(await ask(op, eve), op.id);
      assert.equal((await ask(op, { token: bob.token, address: eve.address })).status, 200, `${op.id}: a neighbour`);
    }
    assert.equal((await send({ method: "GET", path: room.path, address: eve.address, headers: { authorization: `Bearer ${eve.token}` } })).status, 200);
    held.silent();
  } finally {
    held.free();
  }
});

test("an address may hold what so many people may, and so many connections in all; other addresses never notice", LIMIT, async () => {
  const [append, sync] = [operation("docs_append"), operation("docs_sync")];
  const rest = [operation("runs_submit"), operation("runs_set_cases")];
  const held = new Held();
  const here = { address: held.address };
  try {
    await held.hold(append, PEOPLE * append.atOnce);
    await waitFor(async () => (await ask(append, here)).status === 429, { within: 60_000, what: "all of them" });
    refused(await ask(append, here), "one more");
    assert.equal((await ask(sync, here)).status, 401, "something else");
    assert.equal((await ask(append, { address: ownAddress() })).status, 401, "from elsewhere");
    const all = [append, ...rest].reduce((sum, op) => sum + PEOPLE * op.atOnce, 0);
    assert.equal(all, CONNECTIONS, "this test holds as many as there may be");
    for (const op of rest) await held.hold(op, PEOPLE * op.atOnce);
    const me = (address) => send({ method: "GET", path: "/api/me", address });
    await waitFor(async () => (await me(held.address)).status === 429, { within: 60_000, what: "all connections" });
    refused(await me(held.address), "anything else");
    refused(await send({ method: "GET", path: "/", address: held.address }), "a page");
    assert.equal((await me(ownAddress())).status, 401, "from elsewhere");
    assert.equal((await send({ method: "GET", path: "/", address: ownAddress() })).status, 200);
    held.silent();
  } finally {
    held.free();
  }
  await waitFor(async () => (await ask(append, here)).status === 401, { within: 60_000, what: "room again" });
});
