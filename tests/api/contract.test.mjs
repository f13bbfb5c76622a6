/*
 * contract.test.mjs - what the API says of itself: the document it serves, the keys it signs with, the headers
 * of every answer. (What it does with requests: contract_bodies, contract_requests, contract_http.)
 */
import assert from "node:assert/strict";
import { createPublicKey, verify } from "node:crypto";
import { before, test } from "node:test";
import { api } from "../lib/api.mjs";
import { document, fill, operations } from "../lib/contract.mjs";
import { makeWorld } from "../lib/world.mjs";

let ann;
let world;

before(async () => {
  ann = await api.signup();
  world = await makeWorld(ann);
});

test("the document that is served is schemas/api.yaml", async () => {
  const res = await api.anyone().get("/api/openapi.json");
  assert.equal(res.status, 200);
  assert.deepEqual(JSON.parse(res.raw.toString("utf8")), JSON.parse(JSON.stringify(document)));
});

test("access tokens are signed by the keys that are shown", async () => {
  const { keys } = await api.anyone().must(200, "GET", "/.well-known/jwks.json");
  const [head, claims, signature] = ann.token.split(".");
  const { kid, alg } = JSON.parse(Buffer.from(head, "base64url"));
  const jwk = keys.find((key) => key.kid === kid);
  assert.ok(jwk, `no key ${kid}`);
  assert.deepEqual([jwk.alg, alg, jwk.kty, jwk.crv, jwk.use, jwk.d], ["ES256", "ES256", "EC", "P-256", "sig", undefined]);
  const key = { key: createPublicKey({ key: jwk, format: "jwk" }), dsaEncoding: "ieee-p1363" };
  assert.ok(verify("sha256", Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, "base64url")));
  const { iat, exp } = JSON.parse(Buffer.from(claims, "base64url"));
  assert.equal(exp - iat, 300, "access tokens live five minutes");
});

/* An answer of each kind: good, refused by a function, refused by the gateway. */
const PATHS = ["/api/health", "/api/me", "/api/rooms", "/api/nobody", "/api/rooms/%", "/api/rooms/none", "/ws/nobody"];

test("answers are not cached, not sniffed, not framed, and do not say what made them", async () => {
  for (const path of PATHS) {
    const { headers, status } = await ann.get(path, { check: false });
    assert.equal(headers["x-content-type-options"], "nosniff", path);
    assert.equal(headers.server, undefined, path);
    assert.equal(headers["x-powered-by"], undefined, path);
    assert.match(headers["cache-control"], /no-store/, path);
    assert.match(headers["content-security-policy"], /default-src 'none'.*frame-ancestors 'none'/, path);
    assert.match(headers["x-request-id"], /^[0-9a-f]{32}$/, path);
  }
});

test("every problem carries the id of its request, and no two are alike", async () => {
  const ids = new Set();
  for (const path of PATHS.slice(3)) {
    const { body, status } = await ann.get(path, { check: false });
    assert.ok(status >= 400, path);
    assert.match(body.request, /^[0-9a-f]{32}$/, path);
    ids.add(body.request);
  }
  assert.equal(ids.size, PATHS.length - 3);
});

test("a path that has the method not says which it has", async () => {
  const res = await ann.request("DELETE", world.room.path, undefined, { check: false });
  assert.equal(res.status, 405);
  assert.deepEqual(res.headers.allow.split(/, */).sort(), ["GET", "HEAD", "PATCH"]);
});

test("HEAD answers as GET does, without the body; GET says how long it is", async () => {
  for (const op of operations.filter((op) => op.method === "GET" && !op.websocket)) {
    const actor = await world.actor(op);
    const [get, head] = [await actor.get(fill(op, world.values)), await actor.request("HEAD", fill(op, world.values), undefined, { check: false })];
    assert.deepEqual([head.status, head.raw.length], [get.status, 0], op.id);
    assert.equal(head.headers["content-type"], get.headers["content-type"], op.id);
    /* Or half an answer would look like a whole one. */
    assert.equal(get.headers["content-length"], String(get.raw.length), op.id);
  }
});

test("a limit says how long to wait, and ends", async () => {
  const op = operations.find(({ id }) => id === "rooms_say");
  const guest = await api.guest(world.room);
  let refused;
  let said = 0;
  /* What is taken comes back little by little: however slow this machine is, an empty bucket is met. */
  for (; said <= 10 * op.limit.count && !refused; said++) {
    const res = await guest.post(`${world.room.path}/chat`, { text: `${said}` });
    if (res.status === 429) refused = res;
  }
  assert.ok(refused, `${said} calls were taken`);
  assert.ok(said > op.limit.count, `${said} calls: the bucket holds ${op.limit.count}`);
  assert.equal(refused.problem, "limit");
  const wait = Number(refused.headers["retry-after"]);
  assert.ok(wait >= 1 && wait <= op.limit.seconds, `Retry-After: ${refused.headers["retry-after"]}`);
  /* It is this caller's limit and nobody else's. */
  assert.equal((await ann.post(`${world.room.path}/chat`, { text: "still free" })).status, 201);
});
