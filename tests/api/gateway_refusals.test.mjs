/*
 * gateway_refusals.test.mjs - what the gateway answers by itself: methods and paths that nobody takes, heads and bodies that
 * are too large or too slow. Always a problem of ours, never a page of nginx', and never a function's work.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import { api } from "../lib/api.mjs";
import { fill, operations } from "../lib/contract.mjs";
import { statuses, talk } from "../lib/raw.mjs";
import { makeWorld } from "../lib/world.mjs";

let world;
before(async () => {
  world = await makeWorld();
});

const head = (line, ...headers) => [line, "Host: viva", "Connection: close", ...headers, "", ""].join("\r\n");

/* One answer: {status, headers, body}, or nothing but {ended}. */
async function ask(bytes, { within = 30_000 } = {}) {
  const { text, ended } = await talk([bytes], { within });
  const at = text.indexOf("\r\n\r\n");
  const [, ...lines] = text.slice(0, Math.max(0, at)).split("\r\n");
  const headers = Object.fromEntries(lines.map((line) => [line.split(":")[0].toLowerCase(), line.slice(line.indexOf(":") + 2)]));
  return { status: statuses(text)[0], headers, body: text.slice(at + 4), text, ended };
}

/* Of ours, with all that an answer of ours has. */
function problem({ status, headers, body, text }, wanted, what) {
  assert.equal(status, wanted, `${what}: ${text.slice(0, 300)}`);
  assert.match(headers["content-type"], /^application\/problem\+json/, what);
  const said = JSON.parse(body);
  assert.equal(said.status, status, what);
  assert.match(said.request, /^[0-9a-f]{32}$/, what);
  assert.equal(headers["x-request-id"], said.request, what);
  assert.match(headers["cache-control"], /no-store/, what);
  assert.match(headers["content-security-policy"], /default-src 'none'.*frame-ancestors 'none'/, what);
  assert.equal(headers["x-content-type-options"], "nosniff", what);
  assert.equal(headers.server, undefined, what);
  return said;
}

const methodsOf = (path) => operations.filter((op) => op.path === path).flatMap((op) => (op.method === "GET" ? ["GET", "HEAD"] : [op.method]));

test("a method that a path does not take is refused with those that it takes, at every path, by whoever refuses it", async () => {
  for (const op of new Map(operations.map((each) => [each.path, each])).values()) {
    const path = fill(op, world.values);
    for (const method of ["BREW", "OPTIONS", "TRACE", "CONNECT"]) {
      const reply = await ask(head(`${method} ${path}?x=y HTTP/1.1`));
      assert.equal(problem(reply, 405, `${method} ${path}`).type, "method");
      assert.deepEqual(reply.headers.allow.split(", ").sort(), methodsOf(op.path).sort(), `${method} ${path}`);
    }
  }
});

test("files are read, not written, and say so", async () => {
  for (const path of ["/", "/signin", "/favicon.svg", "/.well-known/acme-challenge/x"]) {
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "BREW", "TRACE"]) {
      const reply = await ask(head(`${method} ${path} HTTP/1.1`, "Content-Length: 1") + "x");
      if (path.startsWith("/.") && reply.status === 404) continue; /* nothing to be read there either */
      problem(reply, 405, `${method} ${path}`);
      assert.equal(reply.headers.allow, "GET, HEAD", path);
    }
  }
});

const LONG = "a".repeat(3000);
/* Where a path ends that is nearly one of ours. */
const ODD = [
  "//api/me", "/api//me", "/api/./me", "/api/x/../me", "/api/me/", "/api/me;x=1", "/api/me%20", "/api/me%2f", "/api%2fme", "/API/ME", "/Api/me", "/api/me\\",
  "/api", "/api/", "/ws", "/ws/", "/WS/rooms", "/api/rooms/a%2fb", "/api/rooms//", "/api/healthy", "/x/api/me", "/api/me%23", "/api/me%3f", "/api/me.json",
  "/internal/problem/busy", "/internal/rooms_connect_events", "/internal/realtime", "//internal/rooms_connect_events", "/internal%2frooms_connect_events",
  "/INTERNAL/rooms_connect_events", "/pub?c=room.x", "/sub?c=room.x", "/status", "/.git/config", "/.env", "/.well-known/", "/index.html.gz", "/theme.js/x", "/assets",
  `/api/${LONG}`, `/${LONG}`, "/%ff%fe", "/api/%ff", "/api/rooms/%E2%80%AE/x/y",
];

test("no path leads to a function but those of api.yaml, however it is written", async () => {
  for (const path of ODD) {
    const reply = await ask(head(`GET ${path} HTTP/1.1`, `Authorization: Bearer ${world.owner.token}`));
    assert.ok([400, 404].includes(reply.status), `${path}: ${reply.text.slice(0, 200)}`);
    if (reply.headers["content-type"].startsWith("text/html")) assert.match(reply.body, /<div id="app">/, path);
    else assert.match(reply.headers["content-type"], /^application\/problem\+json/, path);
  }
  /* What is encoded without need is the same path (RFC 3986, 6.2.2.2). */
  assert.equal((await ask(head("GET /api/%6de HTTP/1.1", `Authorization: Bearer ${world.owner.token}`))).status, 200);
});

test("a path that cannot be one is refused", async () => {
  for (const path of ["/api/me%00", "/%2e%2e/%2e%2e/etc/passwd", "/../etc/passwd", "/assets/..%2f..%2f..%2fetc/passwd", "/api/%zz", "/api/%", "*", "api/me"]) {
    problem(await ask(head(`GET ${path} HTTP/1.1`)), 400, path);
  }
});

test("what is too long is refused by name: address, header, all headers, body", async () => {
  /* Of an address nginx takes 8 KiB, as long as its line may be, and a function half of that. */
  for (const length of [4200, 8000, 9000]) {
    const rest = "a".repeat(length);
    for (const path of [`/api/me?${rest}`, `/api/rooms/${rest}`, `/api/rooms/${rest}?x=${rest.slice(0, 10)}`]) {
      assert.equal(problem(await ask(head(`GET ${path} HTTP/1.1`)), 414, `an address of ${length}`).type, "too-long");
    }
  }
  problem(await ask(head(`GET /${"a".repeat(9000)} HTTP/1.1`)), 414, "a page's");
  problem(await ask(head("GET /api/me HTTP/1.1", `X-A: ${"a".repeat(9000)}`)), 431, "a header");
  problem(await ask(head("GET /api/me HTTP/1.1", ...Array.from({ length: 6 }, (_, i) => `X-${i}: ${"a".repeat(7000)}`))), 431, "headers");
  problem(await ask(head("POST /api/rooms HTTP/1.1", "Content-Length: 65537")), 413, "a body");
  problem(await ask(head("POST / HTTP/1.1", "Content-Length: 65537")), 413, "a page's");
  const chunk = `10000\r\n${"x".repeat(65536)}\r\n`;
  problem(await ask(head("POST /api/rooms HTTP/1.1", "Transfer-Encoding: chunked", `Authorization: Bearer ${world.owner.token}`) + chunk + chunk), 413, "of chunks");
});

test("what nobody speaks is refused by name", async () => {
  problem(await ask(head("POST /api/rooms HTTP/1.1", "Transfer-Encoding: gzip")), 501, "an encoding");
  problem(await ask(head("GET /api/me HTTP/3.0")), 505, "a version");
  problem(await ask(head("get /api/me HTTP/1.1")), 400, "a method in small letters");
  problem(await ask("GET /api/me HTTP/1.1\r\nConnection: close\r\n\r\n"), 400, "no host");
  problem(await ask(head("GET /favicon.svg HTTP/1.1", "Range: bytes=99999999-")), 416, "a part that is not there");
  problem(await ask(head("GET /favicon.svg HTTP/1.1", 'If-Match: "other"')), 412, "another file");
});

test("a request that does not arrive in time ends with its connection, and no function hears of it", { timeout: 120_000 }, async () => {
  const json = ["Content-Type: application/json", "Content-Length: 20"];
  const slow = {
    "no request": "\n",
    "half a head": "GET /api/me HTTP/1.1\r\nHost: viva\r\nX-A: ",
    "half a body": head("POST /api/auth/signin HTTP/1.1", ...json) + "{",
    "half a chunk": head("POST /api/auth/signin HTTP/1.1", json[0], "Transfer-Encoding: chunked") + "9\r\nabc",
  };
  await Promise.all(
    Object.entries(slow).map(async ([what, bytes]) => {
      const { text, ended } = await ask(bytes, { within: 100_000 });
      assert.deepEqual([ended, text], [true, ""], what);
    }),
  );
});

test("an address is the connection's, whatever headers say of another", async () => {
  const join = () => operations.find((op) => op.id === "auth_first");
  const { limit, path } = join();
  const eve = api.anyone();
  const guess = (i) => eve.post(path, { token: "x".repeat(32) }, { headers: { "x-forwarded-for": `10.0.0.${i % 250}`, "x-real-ip": `10.0.1.${i % 250}`, forwarded: `for=10.0.2.${i % 250}` } });
  let refused = false;
  for (let i = 0; !refused && i < 50 * limit.count; i += 16) {
    refused = (await Promise.all(Array.from({ length: 16 }, (_, n) => guess(i + n)))).some(({ status }) => status === 429);
  }
  assert.ok(refused, "a header made one address many");
});

/* The paths that app.tsx knows, as it writes them. */
const app = readFileSync(new URL("../../nginx/app/src/app.tsx", import.meta.url), "utf8");
const pages = [...app.matchAll(/case "(\/[^"]*)":/g)].map(([, path]) => path);

test("a path is a page where the app says so; elsewhere the app says that there is none, and so does the status", async () => {
  assert.ok(pages.length >= 5 && /\^\\\/r\\\/\(\[\\w-\]\{22\}\)\\\/\?\$/.test(app), "app.tsx tells its pages otherwise than this test reads them");
  const fetched = async (path) => ask(head(`GET ${path} HTTP/1.1`));
  for (const path of [...pages, `/r/${"A".repeat(22)}`, `/r/${"A".repeat(22)}/`, "/signin?x=y"]) assert.equal((await fetched(path)).status, 200, path);
  for (const path of ["/nothing", "/signin/x", "/r/x", "/r", `/r/${"A".repeat(23)}`, "/wp-login.php", "/rooms/x"]) {
    const { status, headers, body } = await fetched(path);
    assert.deepEqual([status, headers["cache-control"]], [404, "no-cache"], path);
    assert.match(headers["content-security-policy"], /default-src 'self'/, path);
    assert.match(body, /<div id="app">/, path);
  }
});
