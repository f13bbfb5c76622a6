/*
 * turn.test.mjs - the relay for calls is there, and gives nothing to who has no credential of ours.
 */
import assert from "node:assert/strict";
import { createHmac, createHash, randomBytes } from "node:crypto";
import dgram from "node:dgram";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { within } from "../lib/wait.mjs";

const state = process.env.VIVA_STATE;
const port = Number(/^listening-port=(\d+)$/m.exec(readFileSync(join(state, "turn/turnserver.conf"), "utf8"))[1]);
const secret = readFileSync(join(state, "secrets/turn.secret"), "utf8").trim();

const BINDING = 0x0001;
const ALLOCATE = 0x0003;
const PERMISSION = 0x0008;
const [USERNAME, INTEGRITY, ERROR, PEER, REALM, NONCE, TRANSPORT] = [0x06, 0x08, 0x09, 0x12, 0x14, 0x15, 0x19];
const UDP = Buffer.from([17, 0, 0, 0]);
const COOKIE = 0x2112a442;

function attribute(type, value) {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
}

/* A STUN message (RFC 8489), signed with `key` when there is one. */
function message(type, attributes, key) {
  const body = Buffer.concat(attributes.map(([name, value]) => attribute(name, value)));
  const head = Buffer.alloc(20);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(body.length + (key ? 24 : 0), 2);
  head.writeUInt32BE(COOKIE, 4);
  randomBytes(12).copy(head, 8);
  const all = Buffer.concat([head, body]);
  return key ? Buffer.concat([all, attribute(INTEGRITY, createHmac("sha1", key).update(all).digest())]) : all;
}

function read(reply) {
  const attributes = new Map();
  for (let at = 20; at < reply.length; ) {
    const length = reply.readUInt16BE(at + 2);
    attributes.set(reply.readUInt16BE(at), reply.subarray(at + 4, at + 4 + length));
    at += 4 + Math.ceil(length / 4) * 4;
  }
  const error = attributes.get(ERROR);
  return { type: reply.readUInt16BE(0), attributes, code: error && error[2] * 100 + error[3] };
}

/* One client: its messages come from one address, as an allocation needs. */
function client() {
  const socket = dgram.createSocket("udp4");
  const ask = (bytes) =>
    within(30_000, new Promise((done) => {
      socket.once("message", (reply) => done(read(reply)));
      socket.send(bytes, port, "127.0.0.1");
    }), "an answer from coturn");
  return { ask, close: () => socket.close() };
}

/* An allocation with these credentials; what it was answered, and how to sign what comes next. */
async function allocate({ ask }, username, password) {
  const { attributes } = await ask(message(ALLOCATE, [[TRANSPORT, UDP]]));
  const realm = attributes.get(REALM);
  const who = [[USERNAME, Buffer.from(username)], [REALM, realm], [NONCE, attributes.get(NONCE)]];
  const key = createHash("md5").update(`${username}:${realm}:${password}`).digest();
  return { reply: await ask(message(ALLOCATE, [[TRANSPORT, UDP], ...who], key)), who, key };
}

const inAnHour = () => `${Math.floor(Date.now() / 1000) + 3600}:room.person`;
const passwordOf = (username, key = secret) => createHmac("sha1", key).update(username).digest("base64");

/* 10.0.0.1:80 and the like, as a peer's address: XOR with the cookie. */
function peer(address) {
  const bytes = Buffer.alloc(8);
  bytes[1] = 1;
  bytes.writeUInt16BE(80 ^ (COOKIE >>> 16), 2);
  const ip = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  bytes.writeUInt32BE((ip ^ COOKIE) >>> 0, 4);
  return bytes;
}

test("a browser learns its address", async () => {
  const { ask, close } = client();
  assert.equal((await ask(message(BINDING, []))).type, 0x0101);
  close();
});

test("without a credential, with a wrong one or an old one there is no relay", async () => {
  const old = `${Math.floor(Date.now() / 1000) - 60}:room.person`;
  for (const [username, password] of [
    [inAnHour(), "guess"],
    [inAnHour(), passwordOf(inAnHour(), "another secret")],
    [old, passwordOf(old)],
  ]) {
    const { ask, close } = client();
    assert.equal((await ask(message(ALLOCATE, [[TRANSPORT, UDP]]))).code, 401);
    const { reply } = await allocate({ ask }, username, password);
    assert.equal(reply.code, 401, `${username} ${password}`);
    close();
  }
});

test("with a credential there is one, and it leads to no private address", async () => {
  const { ask, close } = client();
  const username = inAnHour();
  const { reply, who, key } = await allocate({ ask }, username, passwordOf(username));
  assert.equal(reply.type, 0x0103, `allocated, not ${reply.code}`);
  for (const address of ["127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1"]) {
    const answer = await ask(message(PERMISSION, [[PEER, peer(address)], ...who], key));
    assert.equal(answer.code, 403, address);
  }
  assert.equal((await ask(message(PERMISSION, [[PEER, peer("8.8.8.8")], ...who], key))).type, 0x0108, "a public one is allowed");
  close();
});
