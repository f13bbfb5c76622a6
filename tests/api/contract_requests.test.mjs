/*
 * contract_requests.test.mjs - the rest of a request: methods, paths, queries, octets, headers, for every
 * operation of api.yaml. Whatever comes, the answer is the contract's: a problem below 500.
 */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { api } from "../lib/api.mjs";
import { fill, operations, resolve } from "../lib/contract.mjs";
import { valid } from "../lib/generate.mjs";
import { random, seed } from "../lib/random.mjs";
import { staysCalm } from "../lib/stack.mjs";
import { makeWorld, octets } from "../lib/world.mjs";

let owner;

staysCalm();
before(async () => {
  owner = await api.signup();
});

const bodyOf = (op) => (op.body?.schema ? valid(random(seed), op.body.schema) : op.body ? octets(op) : undefined);

function answered(res, what) {
  assert.ok(res.status < 500 || res.status === 503, `${what}: ${res.status} ${res.raw}`);
  if (res.status >= 400 && res.raw.length > 0) assert.ok(res.problem, `${what}: ${res.status} is no problem+json`);
  return res;
}

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"];

test("a path takes its methods and no others", async () => {
  const world = await makeWorld(owner);
  for (const path of new Set(operations.map((op) => op.path))) {
    const own = operations.filter((op) => op.path === path);
    for (const method of METHODS) {
      if (own.some((op) => op.method === method)) continue;
      const actor = await world.actor(own[0]);
      const res = answered(await actor.request(method, fill(own[0], world.values), undefined, { check: false }), `${method} ${path}`);
      if (method === "HEAD" || method === "OPTIONS") continue;
      assert.equal(res.status, 405, `${method} ${path}: ${res.status} ${res.raw}`);
    }
  }
});

test("whoever is not signed in is told so, everywhere but in public", async () => {
  const world = await makeWorld(owner);
  for (const op of operations.filter((op) => op.who !== "public")) {
    for (const token of [null, "x", "a.b.c", "e30.e30.e30"]) {
      const nobody = api.anyone();
      const res = await nobody.request(op.method, fill(op, world.values), bodyOf(op), { token });
      assert.equal(res.status, 401, `${op.id} with ${token}: ${res.raw}`);
      assert.equal(res.problem, "unauthenticated");
    }
  }
});

/* What may stand where a parameter belongs. `%` starts a raw octet: these are not encoded again. */
const ODD = ["%", "%zz", "%00", "%2e%2e%2f", "..", "%2f", "a%2fb", "%c0%af", "%ff", "%ed%a0%80", "*", "null", "0", "-1",
  "A".repeat(21), "A".repeat(23), "A".repeat(22), "A".repeat(2000), "%41".repeat(22), "'%3b--", "{room}", "~", "%0d%0aX:1",
  "%F0%9F%98%80", "code.lua", "Code", "code%20"];

function oddPaths(op, values) {
  return op.parameters
    .filter((p) => p.in === "path")
    .flatMap((p) => ODD.map((odd) => fill(op, { ...values, [p.name]: "\u0001" }).replace("%01", odd)));
}

test("odd path parameters are refused", async () => {
  const world = await makeWorld(owner);
  for (const op of operations) {
    for (const path of oddPaths(op, world.values)) {
      const actor = await world.actor(op);
      const res = await actor.request(op.method, path, bodyOf(op), { check: false });
      answered(res, `${op.method} ${path}`);
      assert.ok(res.status >= 400, `${op.method} ${path}: ${res.status}`);
    }
  }
});

test("odd paths are nobody's", async () => {
  const world = await makeWorld(owner);
  for (const op of operations.filter((op) => op.path !== "/.well-known/jwks.json")) {
    const path = fill(op, world.values);
    const odd = [`${path}/`, `${path}/x`, `${path}%00`, path.replace("/api", "/API"), `${path};a=b`, `${path}.json`,
      path.replace(/\/(\w+)$/, "//$1/"), `${path}/%2e%2e`];
    for (const each of odd.filter((one) => one !== path)) {
      const actor = await world.actor(op);
      const res = await actor.request(op.method, each, bodyOf(op), { check: false });
      assert.ok(res.status < 500, `${op.method} ${each}: ${res.status} ${res.raw}`);
      if (/^\/(api|ws)\//.test(each)) assert.ok(res.status >= 300, `${op.method} ${each} was served: ${res.status}`);
    }
  }
});

const wrongNumbers = ["", "x", "-1", "1.5", "1e3", "0x10", "9007199254740992", "99999999999999999999", "%2b1", "+1", "1 ", "%31%00", "NaN",
  "1&after=2", "٣"];
const wrongIds = ["", "x", "A".repeat(21), "A".repeat(23), "%00".repeat(22), "%", "A".repeat(2000), "ä".repeat(22)];

const encodeOdd = (text) => text.replace(/[^\x21-\x7e]/g, (c) => encodeURIComponent(c));

test("a query parameter is coerced and checked, and named when it is wrong", async () => {
  const world = await makeWorld(owner);
  for (const op of operations) {
    for (const parameter of op.parameters.filter((p) => p.in === "query")) {
      const odd = resolve(parameter.schema).type === "integer" ? wrongNumbers : wrongIds;
      for (const value of odd) {
        const actor = await world.actor(op);
        const path = `${fill(op, world.values)}?${parameter.name}=${encodeOdd(value)}`;
        const res = answered(await actor.request(op.method, path, bodyOf(op)), path);
        if (res.status === 400 && res.errors.length === 0) continue; /* refused by the gateway: not even a URL */
        assert.equal(res.status, 422, `${path}: ${res.raw}`);
        assert.equal(res.errors[0]?.pointer, parameter.name, `${path}: ${res.raw}`);
      }
    }
  }
});

test("a query parameter that nobody knows is refused, as an unknown field is", async () => {
  const world = await makeWorld(owner);
  for (const op of operations.filter((op) => !op.websocket)) {
    const actor = await world.actor(op);
    const path = fill(op, world.values);
    for (const query of ["nobody=1", "nobody", "a[]=1&a[]=2", "%00=%00", "&&&", "=", "?", "x=".repeat(3000)]) {
      const res = answered(await actor.request(op.method, `${path}?${query}`, bodyOf(op)), `${path}?${query}`);
      await world.used(op, res.status);
      if (query === "nobody=1") assert.equal(res.errors?.[0]?.pointer, "nobody", `${path}?${query}: ${res.status} ${res.raw}`);
    }
  }
});

test("a body where none belongs changes nothing", async () => {
  const world = await makeWorld(owner);
  for (const op of operations.filter((op) => !op.body && !op.websocket)) {
    for (const body of [{}, { a: 1 }, new Uint8Array(5000)]) {
      const actor = await world.actor(op);
      const res = answered(await actor.request(op.method, fill(op, world.values), body), op.id);
      await world.used(op, res.status);
    }
  }
});

test("a body above the operation's size is refused by size", async () => {
  const world = await makeWorld(owner);
  for (const op of operations.filter((op) => op.body)) {
    const actor = await world.actor(op);
    const body = Buffer.alloc(op.bodyMax + 1, 0x20);
    const res = await actor.request(op.method, fill(op, world.values), body, { type: op.body.type });
    answered(res, op.id);
    assert.equal(res.status, 413, `${op.id}: ${res.raw}`);
  }
});

test("octets: random bytes are refused and never a fault", async () => {
  const r = random(seed);
  const world = await makeWorld(owner);
  for (const op of operations.filter((op) => op.body && !op.body.schema)) {
    for (let i = 0; i < 150; i++) {
      const actor = await world.actor(op);
      const body = r.bytes(r.chance(0.1) ? r.int(60000) : 1 + r.int(60));
      const res = answered(await actor.request(op.method, fill(op, world.values), body), `${op.id} ${Buffer.from(body).toString("hex")}`);
      if (r.chance(0.1)) assert.ok(res.status !== 500);
    }
  }
});

test("odd headers are refused or ignored", async () => {
  const world = await makeWorld(owner);
  const token = `Bearer ${owner.token}`;
  const odd = [
    { authorization: "" }, { authorization: "Bearer" }, { authorization: "Bearer " }, { authorization: `bearer ${owner.token}` },
    { authorization: `Basic ${owner.token}` }, { authorization: `${token} ` }, { authorization: `${token} x` },
    { authorization: `Bearer ${"a".repeat(7000)}` }, { authorization: `Bearer ${".".repeat(500)}` },
    { cookie: "a" }, { cookie: "=;=;=" }, { cookie: "access=".repeat(500) }, { cookie: `${"a=b; ".repeat(900)}` },
    { origin: "null" }, { origin: "http://" }, { origin: "x".repeat(3000) }, { host: "" }, { host: "evil.example" },
    { accept: "text/html" }, { "accept-encoding": "gzip;q=1, *;q=0" }, { range: "bytes=0-1" }, { "if-none-match": "*" },
    { "x-forwarded-for": "1.2.3.4, ::1" }, { "x-forwarded-proto": "https" }, { "x-real-ip": "x" }, { "x-request-id": "a".repeat(500) },
    { "x-accel-redirect": "/internal/rooms_connect_events" }, { "x-channels": "room.x" }, { "x-http-method-override": "DELETE" },
    { "content-type": "a".repeat(3000) }, { "transfer-encoding": "chunked", "content-length": undefined }, { expect: "200-ok" },
    { upgrade: "websocket", connection: "upgrade" }, { upgrade: "h2c", connection: "upgrade" }, { te: "trailers" }, { "x": "\x80\xff" },
  ];
  for (const op of operations.filter((op) => !op.websocket && !["rooms_leave", "rooms_end", "auth_signout"].includes(op.id))) {
    for (const headers of odd) {
      const actor = await world.actor(op);
      const res = await actor.request(op.method, fill(op, world.values), bodyOf(op), { headers, check: false });
      answered(res, `${op.id} with ${JSON.stringify(headers).slice(0, 100)}`);
    }
  }
});
