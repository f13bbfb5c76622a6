/*
 * websocket.test.mjs - sockets carry messages down and nothing up: whatever a client sends, no nginx worker
 * exits and nobody else notices.
 *
 * All the while a bystander listens in the room; at the end of each test they still do.
 */
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import * as Y from "yjs";
import { api } from "../lib/api.mjs";
import * as frames from "../lib/frames.mjs";
import { closed, frame, handshake } from "../lib/handshake.mjs";
import { random, seed } from "../lib/random.mjs";
import { talk } from "../lib/raw.mjs";
import { watch } from "../lib/stack.mjs";

let calm;
let ann;
let room;
let bystanders;
const doc = new Y.Doc();
const SOCKETS = ["events", "docs/code", "signal"];

const auth = () => ({ Authorization: `Bearer ${ann.token}` });
const hand = (name, options = {}) => handshake(`${room.ws}/${name}${options.query ?? ""}`, { ...options, headers: { ...auth(), ...options.headers } });

before(async () => {
  calm = watch();
  ann = await api.signup();
  room = await api.room(ann);
  bystanders = [await ann.socket(`${room.ws}/events`), await ann.socket(`${room.ws}/docs/code`)];
});

/* The bystanders' sockets are the same ones, and they hear what is said now. */
afterEach(async () => {
  const [events, code] = bystanders;
  const text = `${Math.random()}`;
  const heard = code.messages.length;
  await ann.must(201, "POST", `${room.path}/chat`, { text });
  await ann.must(204, "POST", `${room.path}/docs/code/updates`, frames.update(frames.type(doc, "x")));
  await events.next((event) => event.type === "chat" && event.message.text === text);
  await code.next(() => code.messages.length > heard, { what: "an edit after the test" });
  calm();
});
after(async () => {
  for (const socket of bystanders) await socket.close();
});

test("the control: a handshake by hand is answered, and the socket hears", async () => {
  for (const name of SOCKETS) {
    const { status, headers, socket } = await hand(name);
    assert.equal(status, 101);
    assert.equal(headers.upgrade.toLowerCase(), "websocket");
    socket.destroy();
  }
});

const big = (n) => Buffer.alloc(n, 0x61);
const GARBAGE = {
  "an unmasked frame": [frame({ masked: false, payload: big(10) })],
  "an unmasked frame of 70,000": [frame({ masked: false, payload: big(70000) })],
  "text": [frame({ payload: big(10) })],
  "binary": [frame({ opcode: 2, payload: big(1000) })],
  "an empty frame": [frame({})],
  "text that is not UTF-8": [frame({ payload: Buffer.from([0xff, 0xfe, 0xc3, 0x28]) })],
  "a frame of 100,000": [frame({ opcode: 2, payload: big(100000) })],
  "a frame of 4 MB": [frame({ opcode: 2, payload: big(4 << 20) })],
  "a hundred frames at once": Array(100).fill(frame({ payload: big(100) })),
  "a frame that says 2^62": [frame({ payload: big(100), length: 2 ** 62, wide: 64 })],
  "a frame that says 2^63": [Buffer.concat([Buffer.from([0x82, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), big(100)])],
  "a frame that says 2^31": [frame({ payload: big(100), length: 2 ** 31, wide: 64 })],
  "a length longer than it need be": [frame({ payload: big(5), wide: 64 }), frame({ payload: big(5), wide: 16 })],
  "a zero length in eight bytes": [frame({ wide: 64 })],
  "a continuation of nothing": [frame({ opcode: 0, payload: big(5) })],
  "a message that never ends": [frame({ fin: 0, payload: big(5) }), ...Array(50).fill(frame({ fin: 0, opcode: 0, payload: big(500) }))],
  "a message within a message": [frame({ fin: 0, payload: big(5) }), frame({ payload: big(5) })],
  "a ping of 126": [frame({ opcode: 9, payload: big(126) })],
  "a ping of 70,000": [frame({ opcode: 9, payload: big(70000) })],
  "a ping in pieces": [frame({ fin: 0, opcode: 9, payload: big(3) })],
  "a thousand pings": Array(1000).fill(frame({ opcode: 9, payload: big(100) })),
  "pongs that nobody asked for": Array(100).fill(frame({ opcode: 10, payload: big(125) })),
  "a close without a reason": [frame({ opcode: 8 })],
  "a close of one byte": [frame({ opcode: 8, payload: big(1) })],
  "a close with a code of zero": [frame({ opcode: 8, payload: Buffer.from([0, 0]) })],
  "a close with a code that is reserved": [frame({ opcode: 8, payload: Buffer.from([0x03, 0xed]) })],
  "a close that is not UTF-8": [frame({ opcode: 8, payload: Buffer.from([0x03, 0xe8, 0xff, 0xff]) })],
  "a close of 200": [frame({ opcode: 8, payload: big(200) })],
  "words after the close": [frame({ opcode: 8, payload: Buffer.from([0x03, 0xe8]) }), frame({ payload: big(20) })],
  "two closes": [frame({ opcode: 8 }), frame({ opcode: 8 })],
  "compression that was not agreed": [frame({ rsv: 4, opcode: 2, payload: gzipSync(big(1 << 20)) })],
  "every reserved bit": [frame({ rsv: 7, payload: big(5) })],
  "HTTP": [Buffer.from("GET /pub?c=room.x HTTP/1.1\r\nHost: x\r\n\r\n")],
  "zeros": [Buffer.alloc(5000)],
  "ones": [Buffer.alloc(5000, 0xff)],
};
for (const opcode of [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]) {
  GARBAGE[`opcode ${opcode}`] = [frame({ opcode, payload: big(10) })];
}

for (const [what, bytes] of Object.entries(GARBAGE)) {
  test(`${what}: at once, byte by byte, and with the connection cut`, async () => {
    for (const name of SOCKETS) {
      const [whole, slow, cut] = await Promise.all([hand(name), hand(name), hand(name)]);
      const data = Buffer.concat(bytes);
      whole.socket.write(data);
      for (const byte of data.subarray(0, 40)) slow.socket.write(Buffer.from([byte]));
      cut.socket.write(data.subarray(0, Math.ceil(data.length / 2)), () => cut.socket.resetAndDestroy());
      await closed(whole.socket, 60);
      for (const { socket } of [whole, slow]) socket.destroy();
    }
  });
}

test("300 sockets of random bytes", async () => {
  const r = random(seed);
  for (let i = 0; i < 300; i++) {
    const { socket } = await hand(r.pick(SOCKETS));
    const bytes = r.bytes(1 + r.int(r.chance(0.1) ? 50000 : 200));
    if (r.chance(0.5)) bytes[0] = 0x80 | r.int(16);
    if (r.chance(0.5) && bytes.length > 1) bytes[1] = 0x80 | r.int(128);
    await new Promise((sent) => socket.write(bytes, sent));
    if (r.chance(0.5)) socket.resetAndDestroy();
    else socket.end();
  }
});

const CRAFTED = ["", "0", "-1", "1:0", "1:-1", "0:0", "99999999999999999999:0", "1:99999999999999999999", "1:[0],[1]", "1:1,2,3", "1,2:0",
  `${Math.floor(Date.now() / 1000)}:0`, `${Math.floor(Date.now() / 1000)}:0,[0]`, "a:b", ":", "::", "[", "]", "1:[", "%00", "%0d%0aX:1", "1:".repeat(500),
  `${"9,".repeat(1000)}:1`, "-1:-1", "NaN", "2147483648:0", "18446744073709551616:0", "1:0,-1,-1"];

test("message ids of nobody's making are ignored", async () => {
  for (const id of CRAFTED) {
    const raw = decodeURIComponent(id.replace(/%(?![0-9a-f]{2})/g, "%25")).replace(/[\r\n\0]/g, "");
    for (const name of SOCKETS) {
      const queries = ["last_event_id", "msgid", "msg_id", "id"].map((key) => `?${key}=${id}`);
      const headers = [{ "Last-Event-Id": raw }, { Etag: raw, "If-None-Match": raw, "If-Modified-Since": raw }];
      const tries = [...queries.map((query) => ({ query })), ...headers.map((h) => ({ headers: h }))];
      for (const { socket, status } of await Promise.all(tries.map((options) => hand(name, options)))) {
        assert.ok(status === 101 || (status >= 400 && status < 500), `${id}: ${status}`);
        socket.destroy();
      }
    }
  }
});

test("no extension and no subprotocol is agreed upon", async () => {
  const offers = [
    { "Sec-WebSocket-Extensions": "permessage-deflate" },
    { "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits=15; server_no_context_takeover" },
    { "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits=99999999999" },
    { "Sec-WebSocket-Extensions": "x-webkit-deflate-frame, permessage-bzip2" },
    { "Sec-WebSocket-Extensions": "a".repeat(4000) },
    { "Sec-WebSocket-Protocol": "ws+meta.nchan" },
    { "Sec-WebSocket-Protocol": "ws+meta.nchan, v1" },
    { "Sec-WebSocket-Protocol": ["ws+meta.nchan", "x"] },
    { "Sec-WebSocket-Protocol": "a".repeat(4000) },
  ];
  for (const headers of offers) {
    for (const name of SOCKETS) {
      const answer = await hand(name, { headers });
      assert.ok(answer.status === 101 || (answer.status >= 400 && answer.status < 500), `${JSON.stringify(headers).slice(0, 80)}: ${answer.status}`);
      assert.equal(answer.headers["sec-websocket-extensions"], undefined);
      assert.equal(answer.headers["sec-websocket-protocol"], undefined);
      /* Compressed, though nobody agreed: once inflated it is larger than any buffer. */
      answer.socket.write(frame({ rsv: 4, opcode: 2, payload: gzipSync(big(1 << 20)) }));
      answer.socket.end();
    }
  }
});

test("handshakes that are none are refused", async () => {
  const wrong = [
    { headers: { "Sec-WebSocket-Version": "12" } },
    { headers: { "Sec-WebSocket-Version": "99999999999999999999" } },
    { headers: { "Sec-WebSocket-Version": null } },
    { headers: { "Sec-WebSocket-Key": null } },
    { headers: { "Sec-WebSocket-Key": "" } },
    { headers: { "Sec-WebSocket-Key": "x" } },
    { headers: { "Sec-WebSocket-Key": "a".repeat(3000) } },
    { headers: { Upgrade: null } },
    { headers: { Upgrade: "h2c" } },
    { headers: { Connection: "keep-alive" } },
    { line: `POST ${room.ws}/events HTTP/1.1` },
    { line: `GET ${room.ws}/events HTTP/1.0` },
    { headers: { "Content-Length": "5" } },
    { headers: { "Transfer-Encoding": "chunked" } },
  ];
  for (const options of wrong) {
    const answer = await hand("events", { ...options, patience: 500 }).catch(() => ({ status: 400 }));
    assert.ok(answer.status < 500, `${JSON.stringify(options)}: ${answer.status}`);
    answer.socket?.destroy();
  }
  for (const options of wrong.filter((o) => o.headers?.["Sec-WebSocket-Key"] !== undefined || o.headers?.["Sec-WebSocket-Version"])) {
    const { status, socket } = await hand("events", options);
    assert.notEqual(status, 101, JSON.stringify(options).slice(0, 100));
    socket.destroy();
  }
});

test("a client cannot say which channel it hears, nor reach the broadcaster", async () => {
  for (const headers of [{ "X-Channels": "room.other" }, { "X-Accel-Redirect": "/internal/rooms_connect_events" }, { "X-Accel-Channel": "x" }]) {
    const { status, socket } = await hand("events", { headers });
    assert.equal(status, 101);
    socket.destroy();
  }
  for (const path of ["/internal/rooms_connect_events", "/internal/rooms_connect_signal", "/internal/rooms_connect_events?c=room.x", "/pub?c=room.x", "/sub?c=room.x", "/status", "/nchan"]) {
    const { status, socket } = await handshake(path, { headers: auth() });
    assert.notEqual(status, 101, path);
    socket.destroy();
    const posted = await ann.post(path, { text: "x" }, { check: false });
    assert.ok(posted.status >= 400 && posted.status < 500, `POST ${path}: ${posted.status}`);
  }
});

test("handshakes left half open, and sockets that never read", async () => {
  const head = `GET ${room.ws}/events HTTP/1.1\r\nHost: viva\r\nUpgrade: websocket\r\n`;
  await Promise.all(Array.from({ length: 50 }, (_, i) => talk([head.slice(0, 1 + i * 2)], { within: 50 })));
  const deaf = await Promise.all(Array.from({ length: 20 }, () => hand("docs/code")));
  for (const { socket } of deaf) socket.pause();
  const text = "y".repeat(20000);
  for (let i = 0; i < 40; i++) await ann.must(204, "POST", `${room.path}/docs/code/updates`, frames.update(frames.type(doc, text)));
  for (const { socket } of deaf) socket.resetAndDestroy();
});

test("600 sockets come and go, half of them cut, while somebody types", async () => {
  const r = random(seed);
  let typing = true;
  let edits = 0;
  const typist = (async () => {
    while (typing) {
      await ann.must(204, "POST", `${room.path}/docs/code/updates`, frames.update(frames.type(doc, ".")));
      edits++;
    }
  })();
  for (let i = 0; i < 60; i++) {
    const sockets = await Promise.all(Array.from({ length: 10 }, () => hand(r.pick(SOCKETS))));
    for (const { socket, status } of sockets) {
      assert.equal(status, 101);
      if (r.chance(0.5)) socket.resetAndDestroy();
      else socket.end(frame({ opcode: 8, payload: Buffer.from([0x03, 0xe8]) }));
    }
  }
  typing = false;
  await typist;
  assert.ok(edits > 0);
  const heard = () => {
    const copy = new Y.Doc();
    for (const bytes of bystanders[1].messages) for (const m of frames.read(bytes)) if (m.type === "sync") Y.applyUpdate(copy, m.bytes);
    return copy.getText("file:main.py").length;
  };
  await bystanders[1].next(() => heard() === doc.getText("file:main.py").length, { within: 10000, what: "the bystander to have every edit" });
});
