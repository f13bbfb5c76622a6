/*
 * contract_http.test.mjs - requests that are not HTTP, or only nearly: the gateway refuses them and goes on.
 */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { api } from "../lib/api.mjs";
import { random, seed } from "../lib/random.mjs";
import { connect, statuses, talk } from "../lib/raw.mjs";
import { staysCalm } from "../lib/stack.mjs";

let ann;
let room;

staysCalm();
before(async () => {
  ann = await api.signup();
  room = await api.room(ann);
});

const head = (line, ...headers) => [line, "Host: viva", ...headers, "", ""].join("\r\n");
/* Where this stands, her token is put. */
const TOKEN = "ANNS_TOKEN";
const me = (...headers) => head("GET /api/me HTTP/1.1", `Authorization: Bearer ${TOKEN}`, "Connection: close", ...headers);

/* 501 and 505 are what HTTP says of an encoding or a version that nobody speaks. */
const CALM = (status) => status < 500 || [501, 503, 505].includes(status);

const BROKEN = {
  "no request": "\r\n\r\n",
  "a bare line end": "\n",
  "a word": "HELLO\r\n\r\n",
  "no version": "GET /api/health\r\n\r\n",
  "a version to come": head("GET /api/health HTTP/3.0"),
  "a version that never was": head("GET /api/health HTTP/x.y"),
  "a small method": head("get /api/health HTTP/1.1", "Connection: close"),
  "a NUL in the path": head("GET /api/me\0 HTTP/1.1"),
  "a NUL in a header": me("X-A: a\0b"),
  "two hosts": me("Host: other"),
  "no host": "GET /api/me HTTP/1.1\r\n\r\n",
  "a space in a header's name": me("X A: b"),
  "a header without a colon": me("nonsense"),
  "a folded header": me("X-A: a", "  folded: b"),
  "a header of 40 kB": me(`X-A: ${"a".repeat(40000)}`),
  "a thousand headers": me(...Array.from({ length: 1000 }, (_, i) => `X-${i}: ${i}`)),
  "a path of 40 kB": head(`GET /api/${"a".repeat(40000)} HTTP/1.1`),
  "two lengths": head("POST /api/auth/signin HTTP/1.1", "Content-Length: 5", "Content-Length: 6") + "abcdef",
  "a negative length": head("POST /api/auth/signin HTTP/1.1", "Content-Length: -1"),
  "a length that is no number": head("POST /api/auth/signin HTTP/1.1", "Content-Length: 1e3"),
  "a length beyond all": head("POST /api/auth/signin HTTP/1.1", "Content-Length: 99999999999999999999"),
  "a length of 8 EB": head("POST /api/auth/signin HTTP/1.1", "Content-Length: 9223372036854775807"),
  "both framings": head("POST /api/auth/signin HTTP/1.1", "Content-Length: 4", "Transfer-Encoding: chunked") + "0\r\n\r\nGET /x",
  "chunks that are none": head("POST /api/auth/signin HTTP/1.1", "Transfer-Encoding: chunked") + "zz\r\nabc\r\n0\r\n\r\n",
  "a chunk beyond all": head("POST /api/auth/signin HTTP/1.1", "Transfer-Encoding: chunked") + "ffffffffffffffffff\r\n",
  "a negative chunk": head("POST /api/auth/signin HTTP/1.1", "Transfer-Encoding: chunked") + "-1\r\n",
  "an unknown encoding": head("POST /api/auth/signin HTTP/1.1", "Transfer-Encoding: gzip", "Content-Length: 3") + "abc",
  "a proxy's request": head("GET http://127.0.0.1:22/ HTTP/1.1", "Connection: close"),
  "a tunnel": head("CONNECT 127.0.0.1:22 HTTP/1.1"),
  "TLS": Buffer.from("160301020001000001fc0303", "hex"),
  "HTTP/2": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  "a FastCGI record": Buffer.from("0101000100080000000100000000000001040001000000000105000100000000", "hex"),
};

for (const [what, bytes] of Object.entries(BROKEN)) {
  test(`${what}: refused, and the next request is served`, async () => {
    const asked = typeof bytes === "string" ? bytes.replace(TOKEN, ann.token) : bytes;
    const { text } = await talk([asked], { within: 2000, end: true });
    for (const status of statuses(text)) assert.ok(CALM(status), `${what}: ${text.slice(0, 300)}`);
    assert.ok(!/HTTP\/1\.[01] 2\d\d/.test(text) || !/NUL|two lengths|both framings|chunk/.test(what), `${what} was served: ${text.slice(0, 300)}`);
    assert.equal((await ann.get("/api/me")).status, 200);
  });
}

test("requests one behind the other are answered one behind the other", async () => {
  const one = head("GET /api/health HTTP/1.1");
  const last = head("GET /api/health HTTP/1.1", "Connection: close");
  const { text, ended } = await talk([one.repeat(20) + last], { within: 30_000 });
  assert.ok(ended);
  assert.deepEqual(statuses(text), Array(21).fill(200));
});

test("a body that never comes holds no function", async () => {
  const line = `POST /api/rooms/${room.id}/chat HTTP/1.1`;
  const waiting = await Promise.all(Array.from({ length: 40 }, () => connect()));
  try {
    for (const socket of waiting) {
      socket.on("error", () => {});
      socket.write(head(line, `Authorization: Bearer ${ann.token}`, "Content-Type: application/json", "Content-Length: 20") + "{");
    }
    const res = await ann.post(`${room.path}/chat`, { text: "still here" });
    assert.equal(res.status, 201);
    assert.ok(waiting.every((socket) => !socket.closed && socket.bytesRead === 0), "served while all forty waited");
  } finally {
    for (const socket of waiting) socket.destroy();
  }
});

test("a request cut at any byte is nobody's fault", async () => {
  const body = JSON.stringify({ title: "cut" });
  const whole = Buffer.from(
    head("POST /api/rooms HTTP/1.1", `Authorization: Bearer ${ann.token}`, "Content-Type: application/json", `Content-Length: ${body.length}`) + body,
  );
  const cuts = Array.from({ length: 60 }, (_, i) => Math.floor((i * whole.length) / 60));
  for (const cut of cuts) {
    const socket = await connect();
    socket.on("error", () => {});
    await new Promise((sent) => socket.write(whole.subarray(0, cut), sent));
    socket.destroy();
  }
  const { rooms } = await ann.must(200, "GET", "/api/rooms");
  assert.deepEqual(rooms.filter((r) => r.title === "cut"), [], "half a request opened a room");
});

test("random bytes, and requests with random bytes in them", async () => {
  const r = random(seed);
  const good = Buffer.from(me().replace(TOKEN, ann.token));
  for (let i = 0; i < 200; i++) {
    const bytes = r.chance(0.3) ? r.bytes(1 + r.int(2000)) : Uint8Array.from(good);
    for (let n = r.int(6); n > 0; n--) bytes[r.int(bytes.length)] = r.int(256);
    const { text } = await talk([bytes], { within: 1000, end: true });
    for (const status of statuses(text)) assert.ok(CALM(status), `seed ${seed}, case ${i}: ${text.slice(0, 200)}`);
  }
});
