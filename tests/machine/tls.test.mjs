/*
 * tls.test.mjs - a stack with a certificate: TLS and HTTP/2 through all of it, the way from plain HTTP, renewal.
 *
 * Two authorities: one of our own, by openssl; and pebble, Let's Encrypt's own test server, from which dehydrated gets a
 * certificate by the stack's webroot, as on a machine that people use.
 */
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import http from "node:http";
import http2 from "node:http2";
import { join } from "node:path";
import { after, before, test } from "node:test";
import tls from "node:tls";
import { promisify } from "node:util";
import WebSocket from "ws";
import { waitFor } from "../lib/wait.mjs";
import { Authority, ports, Second } from "./second.mjs";

const [port, plain, relay, acme, management] = await ports(5);
const stack = new Second({ VIVA_HTTP_PORT: String(plain) }, [port, relay]);
const { dir, state, env } = stack;
const authority = new Authority(dir);
const { cert, key, ca } = authority;
Object.assign(env, { VIVA_TLS_CERT: cert, VIVA_TLS_KEY: key });
const reload = new URL("../../infra/machine/reload", import.meta.url).pathname;
const LIMIT = { timeout: 180_000 };

/* A TLS connection and what it agreed on. */
function connect(options = {}) {
  return new Promise((done, fail) => {
    const socket = tls.connect({ host: "127.0.0.1", port, servername: "localhost", ca: readFileSync(ca), ...options }, () => {
      done({ protocol: socket.getProtocol(), alpn: socket.alpnProtocol, serial: socket.getPeerX509Certificate().serialNumber, cipher: socket.getCipher().name });
      socket.destroy();
    });
    socket.once("error", fail);
  });
}

let session;
/* One request over HTTP/2: {status, headers, text}. */
function ask(method, path, { body, headers = {} } = {}) {
  return new Promise((done, fail) => {
    const stream = session.request({ ":method": method, ":path": path, ...(body ? { "content-type": "application/json" } : {}), ...headers });
    const reply = { text: "" };
    stream.on("response", (head) => Object.assign(reply, { status: head[":status"], headers: head }));
    stream.setEncoding("utf8");
    stream.on("data", (chunk) => (reply.text += chunk)).on("end", () => done(reply)).on("error", fail);
    stream.end(body && JSON.stringify(body));
  });
}

const get = (url) =>
  new Promise((done, fail) => {
    http.get(url, (res) => {
      let text = "";
      res.on("data", (chunk) => (text += chunk)).on("end", () => done({ status: res.statusCode, headers: res.headers, text }));
    }).on("error", fail);
  });

let cookie;
const origin = `https://127.0.0.1:${port}`;

before(async () => {
  assert.match(await stack.start(), /https:\/\/localhost:\d+\/first#/);
  session = http2.connect(origin, { ca: readFileSync(ca) });
});
after(async () => {
  session?.destroy();
  await stack.stop();
});

test("TLS 1.2 and 1.3 with forward secrecy, nothing older, and no tickets", LIMIT, async () => {
  assert.equal((await connect()).protocol, "TLSv1.3");
  const old = await connect({ maxVersion: "TLSv1.2" });
  assert.match(old.cipher, /^ECDHE-.*(GCM|CHACHA20)/);
  await assert.rejects(connect({ minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" }), /alert|protocol/i);
  await assert.rejects(connect({ maxVersion: "TLSv1.2", ciphers: "AES128-SHA:AES256-GCM-SHA384" }), /alert|handshake/i);
  const said = authority.openssl("s_client", "-connect", `127.0.0.1:${port}`, "-tls1_2", "-CAfile", ca, "-verify_return_error");
  assert.match(said, /Verify return code: 0/);
  assert.doesNotMatch(said, /TLS session ticket:/);
});

test("HTTP/2, and a browser is told to stay with TLS", LIMIT, async () => {
  assert.equal((await connect({ ALPNProtocols: ["h2", "http/1.1"] })).alpn, "h2");
  const page = await ask("GET", "/");
  assert.equal(page.status, 200);
  assert.match(page.headers["strict-transport-security"], /^max-age=\d{8,}/);
  assert.match(page.headers["content-security-policy"], /default-src 'self'/);
  const large = await ask("POST", "/api/auth/signin", { body: { email: "x".repeat(70_000), password: "x" } });
  assert.deepEqual([large.status, JSON.parse(large.text).type], [413, "too-large"]);
});

test("a session's cookies are for TLS and this host only", LIMIT, async () => {
  const body = { email: "ann@example.org", password: "correct horse battery", name: "Ann" };
  const { status, headers } = await ask("POST", "/api/auth/signup", { body });
  assert.equal(status, 201);
  for (const line of headers["set-cookie"]) assert.match(line, /^__Host-viva\w*=.*; Path=\/.*; HttpOnly; SameSite=Lax; Secure$/);
  cookie = headers["set-cookie"].map((line) => line.split(";")[0]).join("; ");
  assert.equal((await ask("GET", "/api/me", { headers: { cookie } })).status, 200);
  assert.equal((await ask("GET", "/api/me", { headers: { cookie: cookie.replaceAll("__Host-", "") } })).status, 401);
});

test("plain HTTP leads to TLS, on its port and on ours", LIMIT, async () => {
  for (const path of ["/", "/rooms/x?y=z", "/api/health"]) {
    for (const from of [plain, port]) {
      const { status, headers } = await get(`http://127.0.0.1:${from}${path}`);
      assert.deepEqual([status, headers.location], [301, origin + path]);
      assert.equal(headers["set-cookie"], undefined);
    }
  }
});

test("an authority's question is answered in plain HTTP, and nothing beside it", LIMIT, async () => {
  const at = join(state, "acme/.well-known/acme-challenge");
  writeFileSync(join(at, "token"), "token.thumb");
  const question = (name) => get(`http://127.0.0.1:${plain}/.well-known/acme-challenge/${name}`);
  assert.equal((await question("token")).text, "token.thumb");
  symlinkSync("/etc/hostname", join(at, "link"));
  for (const odd of ["", "nobody", "link", "..%2f..%2f..%2fconf/port", "../../../conf/port"]) {
    const { status, text } = await question(odd);
    assert.ok([301, 400, 404].includes(status), `${odd}: ${status} ${text}`);
  }
});

/* Hears a room's events over TLS: what came so far. */
async function listen(room) {
  const socket = new WebSocket(`wss://127.0.0.1:${port}/ws/rooms/${room}/events`, { ca: readFileSync(ca), origin, headers: { cookie } });
  const heard = [];
  socket.on("message", (data) => heard.push(JSON.parse(data)));
  await new Promise((done, fail) => socket.once("open", done).once("error", fail).once("unexpected-response", (_, res) => fail(new Error(String(res.statusCode)))));
  return { socket, heard };
}

const post = async (path, body) => {
  const { status, text } = await ask("POST", path, { body, headers: { cookie, origin } });
  assert.equal(status, 201, text);
  return JSON.parse(text);
};

test("a renewed certificate is shown after a reload, and nobody who listens notices", LIMIT, async () => {
  const room = await post("/api/rooms", { title: "Pairing" });
  const { socket, heard } = await listen(room.id);
  const before = await connect();
  authority.issue();
  assert.equal((await connect()).serial, before.serial, "not before we are told");
  await stack.script("reload");
  await waitFor(async () => (await connect()).serial !== before.serial, { what: "the new certificate" });
  session.destroy();
  session = http2.connect(origin, { ca: readFileSync(ca) });
  await post(`/api/rooms/${room.id}/chat`, { text: "still here" });
  await waitFor(() => heard.some((event) => event.type === "chat"), { what: "the chat on the socket of before" });
  assert.equal(socket.readyState, WebSocket.OPEN);
  socket.close();
});

test("a certificate without its key is refused in words, and what was there goes on", LIMIT, async () => {
  const [good, before] = [readFileSync(key), await connect()];
  authority.openssl("ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out", "key.pem");
  await assert.rejects(stack.script("reload"), /goes on as it was.*key values mismatch/s);
  assert.equal((await connect()).serial, before.serial);
  writeFileSync(key, good);
});

/*
 * pebble, with our authority for its own address; it asks back at the port of plain HTTP. It refuses one good nonce in
 * twenty to try its clients, unless told not to.
 */
async function acmeServer() {
  const config = {
    pebble: { listenAddress: `127.0.0.1:${acme}`, managementListenAddress: `127.0.0.1:${management}`, certificate: cert, privateKey: key, httpPort: plain, tlsPort: port, ocspResponderURL: "", externalAccountBindingRequired: false },
  };
  writeFileSync(join(dir, "pebble.json"), JSON.stringify(config));
  const child = spawn("pebble", ["-config", join(dir, "pebble.json")], { env: { ...process.env, PEBBLE_VA_NOSLEEP: "1", PEBBLE_WFE_NONCEREJECT: "0" }, stdio: "ignore" });
  await waitFor(() => fetchDirectory(), { what: "pebble" });
  return child;
}
const fetchDirectory = () => promisify(execFile)("curl", ["-fsS", "--cacert", ca, `https://localhost:${acme}/dir`]);

const skip = existsSync("/usr/bin/pebble") ? false : "this distribution has no pebble";
test("an ACME client gets a certificate by the webroot and has it shown", { ...LIMIT, skip }, async () => {
  const [home, pebble] = [join(dir, "dehydrated"), await acmeServer()];
  try {
    mkdirSync(home);
    writeFileSync(join(home, "hook"), `#!/bin/sh\n[ "$1" != deploy_cert ] || { cp "$3" ${key} && cp "$5" ${cert} && ${reload}; }\n`, { mode: 0o755 });
    writeFileSync(join(home, "config"), [
      `BASEDIR=${home}`, `CA=https://localhost:${acme}/dir`, `CURL_OPTS="--cacert ${ca}"`, `HOOK=${home}/hook`, "KEY_ALGO=prime256v1",
      `WELLKNOWN=${state}/acme/.well-known/acme-challenge`, "",
    ].join("\n"));
    const dehydrated = (...args) => promisify(execFile)("dehydrated", ["-f", join(home, "config"), ...args], { env });
    await dehydrated("--register", "--accept-terms");
    await dehydrated("--cron", "--domain", "localhost");
    const shown = new X509Certificate(readFileSync(cert));
    assert.match(shown.issuer, /Pebble/);
    await waitFor(async () => (await connect({ rejectUnauthorized: false })).serial === shown.serialNumber, { what: "the authority's certificate" });
  } finally {
    pebble.kill();
  }
});
