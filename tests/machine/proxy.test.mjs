/*
 * proxy.test.mjs - a stack behind proxies (VIVA_TRUSTED_PROXIES): what they say of an address and of TLS counts, what
 * others say is nothing.
 *
 * All of 127.0.0.0/8 is this machine, so a proxy is whoever calls from an address in the list: two of them, one behind
 * the other, and a stranger.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";
import WebSocket from "ws";
import { operations } from "../lib/contract.mjs";
import { waitFor } from "../lib/wait.mjs";
import { ports, Second } from "./second.mjs";

const [PROXY, NEAR, STRANGER] = ["127.7.3.4", "127.8.0.1", "127.9.0.1"];
const stack = new Second({ VIVA_TRUSTED_PROXIES: " 127.7.0.0/16,127.8.0.1\t2001:db8:7::/48 " }, await ports(2));
const LIMIT = { timeout: 180_000 };

before(() => stack.start());
after(() => stack.stop());

/* A request from `from`, with these headers: {status, headers, text}. */
const ask = (from, method, path, headers = {}, body) =>
  new Promise((done, fail) => {
    const type = body ? { "content-type": "application/json" } : {};
    const call = http.request({ host: "127.0.0.1", port: stack.port, localAddress: from, method, path, headers: { ...type, ...headers }, agent: false }, (res) => {
      let text = "";
      res.setEncoding("utf8").on("data", (chunk) => (text += chunk)).on("end", () => done({ status: res.statusCode, headers: res.headers, text }));
    });
    call.on("error", fail);
    call.end(body && JSON.stringify(body));
  });

const { path: PATH, limit } = operations.find((op) => op.id === "auth_first");
const status = async (from, forwarded) => (await ask(from, "POST", PATH, forwarded === undefined ? {} : { "x-forwarded-for": forwarded })).status;

/* Calls until it is refused, `call(i)` giving the status of each; fails where it never is. */
async function untilRefused(call, what) {
  for (let i = 0; i < limit.count; i++) assert.notEqual(await call(i), 429, `${what}: refused too soon`);
  for (let i = limit.count; i < 20 * limit.count; i++) if ((await call(i)) === 429) return;
  assert.fail(`${what}: never refused`);
}

/*
 * Who has no calls left, since another had them. On a machine that stands still for a moment one may have come back meanwhile,
 * as one does every two seconds; whoever counts alone has all of theirs.
 */
async function isRefused(from, forwarded, what) {
  for (let i = 0; i < limit.count / 3; i++) if ((await status(from, forwarded)) === 429) return;
  assert.fail(`${what ?? `${forwarded} by ${from}`}: has calls of its own`);
}

test("who is behind a proxy is counted by the address that it tells; the next one, and the proxy itself, have their own", LIMIT, async () => {
  await untilRefused(() => status(PROXY, "203.0.113.1"), "203.0.113.1");
  assert.notEqual(await status(PROXY, "203.0.113.2"), 429);
  assert.notEqual(await status(PROXY), 429, "who says nothing is the proxy");
  await isRefused(NEAR, "203.0.113.1", "through another proxy they are the same");
});

test("what a caller writes before the proxy's own word is nothing, and so is what an outer proxy is called", LIMIT, async () => {
  await untilRefused((i) => status(PROXY, `198.51.100.${i % 250}, 203.0.113.11`), "a forged entry");
  await isRefused(NEAR, `198.51.100.1, 203.0.113.11, ${PROXY}`, "through both proxies");
  await isRefused(NEAR, `nonsense, 203.0.113.11 ,${PROXY}`);
  assert.notEqual(await status(NEAR, `203.0.113.11, 203.0.113.12, ${PROXY}`), 429);
});

test("two headers are one list", LIMIT, async () => {
  await untilRefused((i) => status(PROXY, [`198.51.100.${i % 250}`, "203.0.113.21"]), "two headers");
  assert.notEqual(await status(PROXY, ["203.0.113.21", "203.0.113.22"]), 429);
});

test("who is no proxy gains nothing by what they say", LIMIT, async () => {
  await untilRefused((i) => status(STRANGER, `203.0.114.${i % 250}`), "a stranger");
  assert.notEqual(await status(PROXY, "203.0.114.1"), 429, "and uses up nobody else's");
  await isRefused(STRANGER, PROXY);
});

test("a caller of IPv6 is a network, and IPv4 in the dress of IPv6 is IPv4", LIMIT, async () => {
  await untilRefused((i) => status(PROXY, `2001:db8:1:1::${i.toString(16)}`), "a network of IPv6");
  assert.notEqual(await status(PROXY, "2001:db8:1:2::1"), 429);
  await isRefused(PROXY, "2001:db8:1:1::1, 2001:db8:7::5", "a proxy of IPv6 in between");
  await untilRefused((i) => status(PROXY, i % 2 ? "::ffff:203.0.113.31" : "203.0.113.31"), "one of IPv4, in two ways");
  assert.notEqual(await status(PROXY, "::ffff:203.0.113.32"), 429);
});

/* A trace of a client's own is one that the log tells of. */
const traceparent = (id) => `00-${id.repeat(32)}-${"1".repeat(16)}-01`;
const logged = async (id) => {
  const lines = () => readFileSync(join(stack.state, "log/gateway.log"), "utf8").split("\n");
  return JSON.parse(await waitFor(() => lines().find((line) => line.includes(`"trace":"${id.repeat(32)}"`)), { what: "the log's line" }));
};

test("a log's line tells who called", LIMIT, async () => {
  const asked = async (from, id) => {
    await ask(from, "GET", "/api/health", { traceparent: traceparent(id), "x-forwarded-for": "198.51.100.9, ::ffff:203.0.113.41" });
    return (await logged(id)).address;
  };
  assert.equal(await asked(PROXY, "a"), "203.0.113.41");
  assert.equal(await asked(STRANGER, "b"), STRANGER);
});

let people = 0;
/* Who opens an account from there: their cookies, as one text, and what is said of TLS. */
async function signup(from, headers) {
  const body = { email: `ann${++people}@example.org`, password: "correct horse battery", name: "Ann" };
  const res = await ask(from, "POST", "/api/auth/signup", { "x-forwarded-for": "203.0.113.51", ...headers }, body);
  assert.equal(res.status, 201, res.text);
  return { cookies: res.headers["set-cookie"].join("\n"), stays: res.headers["strict-transport-security"] };
}

test("TLS that a proxy ended is TLS; that of a stranger's words is none", LIMIT, async () => {
  for (const word of ["https", "HTTPS", "wss"]) {
    const { cookies, stays } = await signup(PROXY, { "x-forwarded-proto": word });
    for (const cookie of cookies.split("\n")) assert.match(cookie, /^__Host-viva\w*=.*; Secure$/, word);
    assert.match(stays, /^max-age=\d{8,}/);
  }
  for (const [from, word] of [[STRANGER, "https"], [PROXY, "http"], [PROXY, "nonsense"], [PROXY, "http, https"]]) {
    const { cookies, stays } = await signup(from, { "x-forwarded-proto": word });
    assert.doesNotMatch(cookies, /__Host-|Secure/, `${from}: ${word}`);
    assert.equal(stays, undefined, `${from}: ${word}`);
  }
});

test("a page behind TLS of a proxy writes and listens as from https; by a stranger's word it is another site's", LIMIT, async () => {
  const { cookies } = await signup(PROXY, { "x-forwarded-proto": "https" });
  const cookie = cookies.split("\n").map((line) => line.split(";")[0]).join("; ");
  const said = { host: "viva.example.org", origin: "https://viva.example.org", "x-forwarded-proto": "https" };
  const open = (from) => ask(from, "POST", "/api/rooms", { ...said, cookie }, { title: "Pairing" });
  const opened = await open(PROXY);
  assert.equal(opened.status, 201, opened.text);
  const { origin, ...headers } = { ...said, cookie, "x-forwarded-for": "203.0.113.61", traceparent: traceparent("c") };
  const listen = (from) => {
    const url = `ws://127.0.0.1:${stack.port}/ws/rooms/${JSON.parse(opened.text).id}/events`;
    const socket = new WebSocket(url, { localAddress: from, origin, headers });
    return new Promise((done, fail) => {
      socket.once("open", () => socket.close()).once("close", () => done(101)).once("error", fail);
      socket.once("unexpected-response", (_, res) => done(res.statusCode));
    });
  };
  assert.equal(await listen(PROXY), 101);
  const { address, status: answer } = await logged("c");
  assert.deepEqual([address, answer], ["203.0.113.61", 101], "to its end, through the broadcaster and what is told of the end");
  assert.equal(await listen(STRANGER), 403);
  const stranger = await open(STRANGER);
  assert.deepEqual([stranger.status, JSON.parse(stranger.text).type], [403, "denied"], "to them it is http, and there is no such cookie");
  const page = await ask(PROXY, "GET", "/signin", said);
  assert.match(page.headers["strict-transport-security"], /^max-age=\d{8,}/);
});

const WRONG = ["proxy.example.org", "10.0.0.256", "10.0.0", "10.0.0.0/33", "10.0.0.07", "0.0.0.0/0", "::/0", "2001:db8::/129", "1::2::3", "2001:db8", "unix:", "10.0.0.1;", "*"];

test("a setting that names no proxy ends the start with words", { timeout: 600_000 }, async () => {
  const other = new Second({}, await ports(2));
  try {
    for (const wrong of WRONG) {
      other.env.VIVA_TRUSTED_PROXIES = `10.0.0.1, ::1 ${wrong} 10.0.0.2`;
      await assert.rejects(other.start(), ({ stderr }) => stderr.includes(`VIVA_TRUSTED_PROXIES: ${wrong} is no address`), wrong);
    }
  } finally {
    await other.stop();
  }
});
