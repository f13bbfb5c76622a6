/*
 * http2.test.mjs - HTTP/2 and TLS as clients speak them: what is agreed on, what is refused, and clients that open and reset streams
 * as fast as they can, or hold all that they may: nobody else waits.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import http2 from "node:http2";
import { after, before, test } from "node:test";
import tls from "node:tls";
import { promisify } from "node:util";
import { waitFor } from "../lib/wait.mjs";
import { Authority, ports, Second } from "./second.mjs";

const [port, relay] = await ports(2);
const stack = new Second({}, [port, relay]);
const authority = new Authority(stack.dir);
Object.assign(stack.env, { VIVA_TLS_CERT: authority.cert, VIVA_TLS_KEY: authority.key });
const LIMIT = { timeout: 180_000 };
const origin = `https://localhost:${port}`;
const ca = readFileSync(authority.ca);

before(() => stack.start());
after(() => stack.stop());

const session = (localAddress = "127.0.0.1") => http2.connect(origin, { ca, localAddress, lookup: (_, o, done) => (o.all ? done(null, [{ address: "127.0.0.1", family: 4 }]) : done(null, "127.0.0.1", 4)) });

/* One answer: {status, headers, text}. */
function ask(to, head, body) {
  return new Promise((done, fail) => {
    const stream = to.request({ ":method": "GET", ...head }, { endStream: body === undefined });
    const reply = { text: "" };
    stream.on("response", (headers) => Object.assign(reply, { status: headers[":status"], headers }));
    stream.setEncoding("utf8");
    stream.on("data", (chunk) => (reply.text += chunk)).on("end", () => done(reply)).on("error", fail);
    if (body !== undefined) stream.end(body);
  });
}

const curl = async (...args) => (await promisify(execFile)("curl", ["-sS", "--cacert", authority.ca, "--resolve", `localhost:${port}:127.0.0.1`, ...args])).stdout;

test("curl by HTTP/1.1, by HTTP/2 and by whatever is best gets the same page", LIMIT, async () => {
  for (const [version, ...options] of [["1.1", "--http1.1"], ["2", "--http2"], ["2", "--tlsv1.2", "--tls-max", "1.2"], ["1.1", "--no-alpn"]]) {
    for (const path of ["/", "/api/health"]) {
      assert.equal(await curl(...options, "-o", "/dev/null", "-w", "%{http_version} %{http_code}", origin + path), `${version} 200`, `${options} ${path}`);
    }
  }
});

/* A TLS connection, up to its second flight. */
const dial = (options) =>
  new Promise((done, fail) => {
    const socket = tls.connect({ host: "127.0.0.1", port, servername: "localhost", ca, ...options }, () => done(socket));
    socket.once("error", fail);
  });

test("a protocol is agreed on, or none: one that nobody speaks ends the handshake", LIMIT, async () => {
  for (const [offered, agreed] of [[["h2", "http/1.1"], "h2"], [["http/1.1"], "http/1.1"], [["http/1.1", "h2"], "h2"], [undefined, false]]) {
    const socket = await dial({ ALPNProtocols: offered });
    assert.equal(socket.alpnProtocol, agreed, String(offered));
    socket.destroy();
  }
  await assert.rejects(dial({ ALPNProtocols: ["gopher"] }), /no application protocol|ALPN|alert/i);
});

test("who comes back resumes their session, of either version, and nothing secret is given away for it", LIMIT, async () => {
  for (const maxVersion of ["TLSv1.2", "TLSv1.3"]) {
    const first = await dial({ maxVersion });
    let kept = first.getSession();
    first.on("session", (one) => (kept = one));
    first.write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    first.resume();
    await new Promise((done) => first.once("close", done));
    const again = await dial({ maxVersion, session: kept });
    assert.equal(again.isSessionReused(), true, maxVersion);
    again.destroy();
  }
});

test("what is refused over HTTP/2 is refused in the same words", LIMIT, async () => {
  const cases = [
    [404, { ":path": "/api/nobody" }],
    [405, { ":path": "/api/health", ":method": "BREW" }],
    [405, { ":path": "/api/health", ":method": "TRACE" }],
    [405, { ":path": "/", ":method": "POST" }, "x"],
    [413, { ":path": "/api/rooms", ":method": "POST", "content-length": 70_000 }, "x".repeat(70_000)],
    [416, { ":path": "/favicon.svg", range: "bytes=99999999-" }],
  ];
  for (const [status, head, body] of cases) {
    const what = `${head[":method"] ?? "GET"} ${head[":path"].slice(0, 40)}`;
    const own = session();
    const reply = await ask(own, head, body);
    own.destroy();
    assert.equal(reply.status, status, `${what}: ${reply.text}`);
    assert.match(reply.headers["content-type"], /^application\/problem\+json/, what);
    assert.equal(JSON.parse(reply.text).status, status, what);
    assert.match(reply.headers["strict-transport-security"], /^max-age=\d{8,}$/, what);
    assert.match(reply.headers["content-security-policy"], /frame-ancestors 'none'/, what);
    if (status === 405) assert.equal(reply.headers.allow, "GET, HEAD");
  }
});

test("a head that is too large ends its connection, which is all that nginx can say in HTTP/2", LIMIT, async () => {
  for (const head of [{ ":path": `/${"a".repeat(20_000)}` }, { ":path": "/", "x-a": "a".repeat(20_000) }]) {
    const to = session();
    const gone = new Promise((done) => to.once("goaway", done));
    to.on("error", () => {});
    await assert.rejects(ask(to, head));
    assert.equal(await gone, http2.constants.NGHTTP2_ENHANCE_YOUR_CALM);
    to.destroy();
  }
});

/* Asks as somebody in earnest until `over()`: every answer is one. */
async function inEarnest(over) {
  const to = session("127.0.0.77");
  let answered = 0;
  while (!over() || answered < 30) {
    for (const path of ["/api/languages", "/api/health", "/"]) assert.equal((await ask(to, { ":path": path })).status, 200, path);
    answered += 3;
  }
  to.destroy();
}

test("streams that are opened and reset at once, thousands of them: who asks in earnest is answered", LIMIT, async () => {
  let sent = 0;
  let over = false;
  const attack = (async () => {
    for (let round = 0; round < 40; round++) {
      const to = session("127.0.0.66");
      to.on("error", () => {});
      for (let i = 0; i < 500 && !to.destroyed && !to.closed; i++, sent++) {
        const stream = to.request({ ":path": "/api/languages" });
        stream.on("error", () => {});
        stream.close(http2.constants.NGHTTP2_CANCEL);
        if (i % 50 === 0) await new Promise((wake) => setImmediate(wake));
      }
      to.destroy();
    }
  })().finally(() => (over = true));
  await inEarnest(() => over);
  await attack;
  assert.ok(sent > 10_000, `${sent} streams`);
});

test("all the streams that a client may have, each with a body that does not end: others are answered, and so is its next connection", LIMIT, async () => {
  const to = session("127.0.0.67");
  to.on("error", () => {});
  await new Promise((done) => to.once("remoteSettings", done));
  const most = to.remoteSettings.maxConcurrentStreams;
  assert.ok(most >= 16 && most <= 256, `${most} streams`);
  const path = `/api/rooms/${"x".repeat(22)}/docs/code/updates`; /* as many of it as that are within its limits */
  const streams = Array.from({ length: most }, () => to.request({ ":method": "POST", ":path": path, "content-type": "application/octet-stream", "content-length": 100 }, { endStream: false }));
  for (const stream of streams) stream.on("error", () => {}).write("{");
  let late;
  ask(to, { ":path": "/api/health" }).then((reply) => (late = reply), () => {});
  let rounds = 0;
  await inEarnest(() => ++rounds > 10);
  const next = session("127.0.0.67");
  assert.equal((await ask(next, { ":path": "/api/health" })).status, 200);
  next.destroy();
  assert.equal(late, undefined, "one more waits behind them");
  for (const stream of streams) stream.close(http2.constants.NGHTTP2_CANCEL);
  await waitFor(() => late?.status === 200, { what: "the one that waited" });
  to.destroy();
});
