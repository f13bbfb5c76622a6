/*
 * gateway_limits.test.mjs - how much and how often: the bounds of every operation of api.yaml, held where they cost least.
 *
 * Sizes, and what one address may do, are nginx' (schemas/gen/nginx.mjs); what one person may do is counted in Redis
 * (functions/lib/runtime/limits.c). Each refusal is a problem with its request's id and says when to come back.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import { api, Person } from "../lib/api.mjs";
import { fill, operations } from "../lib/contract.mjs";
import { valid } from "../lib/generate.mjs";
import { random, seed } from "../lib/random.mjs";
import { talk } from "../lib/raw.mjs";
import { redis } from "../lib/redis.mjs";
import { makeWorld, octets } from "../lib/world.mjs";

let world;
before(async () => {
  world = await makeWorld();
});

const bodyOf = (op) => (op.body?.schema ? valid(random(seed), op.body.schema) : op.body ? octets(op) : undefined);
const seconds = (op) => Math.ceil(op.limit.seconds / op.limit.count);

function refused(res, op) {
  assert.deepEqual([res.status, res.problem], [429, "limit"], op.id);
  assert.match(res.body.request, /^[0-9a-f]{32}$/, op.id);
  const wait = Number(res.headers["retry-after"]);
  assert.ok(Number.isInteger(wait) && wait >= 1, `${op.id}: Retry-After: ${res.headers["retry-after"]}`);
  return wait;
}

/* What a path takes at most: a kibibyte where nothing of it has a body. */
const most = (path) => Math.max(1024, ...operations.filter((op) => op.path === path && op.body).map((op) => op.bodyMax));

test("a body that is too long is refused before it is sent, at every operation", async () => {
  for (const op of operations) {
    const head = [`${op.method} ${fill(op, world.values)} HTTP/1.1`, "Host: viva", `Content-Length: ${most(op.path) + 1}`, "", ""].join("\r\n");
    const { text } = await talk([head], { within: 30_000, until: (said) => said.includes("}") });
    assert.match(text, /^HTTP\/1\.1 413 /, `${op.id}: ${text.slice(0, 200)}`);
    assert.match(text, /application\/problem\+json/, op.id);
    assert.match(text, /"type":"too-large".*"request":"[0-9a-f]{32}"/, op.id);
  }
});

for (const op of operations.filter((o) => o.limit && o.who === "public")) {
  test(`${op.id}: one address may call it ${op.limit.count} times at once and then waits; another does not`, async () => {
    const caller = new Person();
    const call = () => caller.request(op.method, fill(op, world.values), {});
    const first = await Promise.all(Array.from({ length: op.limit.count }, call));
    assert.deepEqual(first.filter((res) => res.status === 429).length, 0, "refused too soon");
    let found;
    for (let tries = 0; !found && tries < 50; tries++) {
      found = (await Promise.all(Array.from({ length: 16 }, call))).find((res) => res.status === 429);
    }
    assert.ok(refused(found, op) <= seconds(op), `${found.headers["retry-after"]} s`);
    assert.notEqual((await new Person().request(op.method, fill(op, world.values), {})).status, 429);
  });
}

test("who has no token left waits for one, whatever address they come from; others do not", async () => {
  const eve = await api.signup();
  let room;
  for (const op of operations.filter((o) => o.limit && o.limit.by !== "gateway" && o.who !== "public")) {
    if (room !== world.room) await api.join(eve, (room = world.room));
    const call = (person) => person.request(op.method, fill(op, world.values), bodyOf(op));
    const later = (Date.now() + 2000 * op.limit.seconds) * 1000;
    redis("SET", `limit:${op.id}:${eve.id}`, String(later), "EX", String(op.limit.seconds * 2));
    const wait = refused(await call(eve), op);
    assert.ok(wait > op.limit.seconds / 2 && wait <= 2 * op.limit.seconds, `${op.id}: ${wait} s`);
    const elsewhere = new Person(eve.session);
    elsewhere.user = eve.user;
    refused(await call(elsewhere), op);
    const other = await call(world.owner);
    assert.notEqual(other.status, 429, `${op.id}: ${other.raw}`);
    await world.used(op, other.status);
    redis("DEL", `limit:${op.id}:${eve.id}`);
  }
});

/* Of a refusal: whether it was the gateway's own. */
const byGateway = (res) => /this address, or of this caller/.test(res.body.detail);

test("a token has as much as one person at the gateway already; a person's next token has it of the function; neighbours have their own", async () => {
  const op = operations.find((o) => o.id === "rooms_say");
  const path = fill(op, world.values);
  const [eve, neighbour] = [await api.guest(world.room), await api.guest(world.room)];
  neighbour.address = eve.address;
  const say = (person) => person.request(op.method, path, {}); /* counted, and refused: nobody has to read it */
  const first = await Promise.all(Array.from({ length: op.limit.count }, () => say(eve)));
  /* The function may have too much to do for all of them at once; that is 503, and no limit. */
  assert.deepEqual(first.filter((res) => ![422, 503].includes(res.status)).map((res) => res.raw.toString()), [], "refused too soon");
  assert.ok(first.some((res) => res.status === 422));
  let found;
  for (let tries = 0; !found && tries < 50; tries++) {
    found = (await Promise.all(Array.from({ length: 16 }, () => say(eve)))).find((res) => res.status === 429 && byGateway(res));
  }
  assert.ok(refused(found, op) <= seconds(op));
  assert.equal((await say(neighbour)).status, 422, "behind the same address");
  /* Without a bucket in Redis the gateway counts all the same; with an empty one a new token is no help. */
  redis("SET", `limit:${op.id}:${eve.id}`, String((Date.now() + 2000 * op.limit.seconds) * 1000), "EX", "120");
  await eve.refresh();
  const res = await say(eve);
  refused(res, op);
  assert.ok(!byGateway(res), "nginx has not seen this token");
  redis("DEL", `limit:${op.id}:${eve.id}`);
});

test("a bucket holds its tokens, gives each once, and fills again", () => {
  const script = readFileSync(new URL("../../functions/lib/runtime/limit.lua", import.meta.url), "utf8");
  const key = `limit:test:${Math.random()}`;
  const take = () => Number(redis("EVAL", script, "1", key, "5", "600000"));
  assert.deepEqual(Array.from({ length: 5 }, take), [0, 0, 0, 0, 0]);
  const wait = take();
  assert.ok(wait > 0 && wait <= 120_000, `${wait} ms until the next of five in ten minutes`);
  assert.ok(take() <= wait, "who is refused does not wait longer for having asked");
  /* As it will be when one token has come back. */
  redis("SET", key, String(BigInt(redis("GET", key)) - 120_000_000n));
  assert.deepEqual([take(), take() > 0], [0, true]);
  const lasts = Number(redis("PTTL", key));
  assert.ok(lasts > 0 && lasts <= 600_000, `it is forgotten when it is full: ${lasts} ms`);
  redis("DEL", key);
});
