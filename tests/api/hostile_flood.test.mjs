/*
 * hostile_flood.test.mjs - one who asks for too much does not take it from the others.
 *
 * Signing in costs the server time and memory on purpose; guessing gets slower; many at once are told to wait.
 * All the while somebody else types, and is answered in the usual time.
 */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import * as Y from "yjs";
import { api, Person } from "../lib/api.mjs";
import * as frames from "../lib/frames.mjs";
import { staysCalm } from "../lib/stack.mjs";

let ann;
let room;

staysCalm();
before(async () => {
  ann = await api.signup();
  room = await api.room(ann);
});

/* What a starved system would need: below the patience of a person's program, far above what an edit takes. */
const SLOW_MS = 15_000;

/* Types until `flood` is over: every edit answered, none slowly. */
async function typing(flood) {
  const doc = new Y.Doc();
  let over = false;
  const done = flood().finally(() => (over = true));
  const took = [];
  while (!over) {
    const began = performance.now();
    const res = await ann.post(`${room.path}/docs/code/updates`, frames.update(frames.type(doc, "x")));
    assert.equal(res.status, 204);
    took.push(performance.now() - began);
  }
  const replies = await done;
  assert.ok(Math.max(...took) < SLOW_MS, `an edit took ${Math.max(...took).toFixed(0)} ms meanwhile`);
  return replies;
}

function only(replies, ...statuses) {
  const other = replies.filter((r) => !statuses.includes(r.status));
  assert.deepEqual(other.map((r) => `${r.status} ${r.raw}`), []);
}

test("two hundred sign-ins at once, from two hundred addresses", async () => {
  const signin = () => new Person().post("/api/auth/signin", { email: `${Math.random()}@example.org`, password: "wrong wrong" });
  const replies = await typing(() => Promise.all(Array.from({ length: 200 }, signin)));
  only(replies, 401, 429, 503);
  for (const res of replies.filter((r) => r.status !== 401)) assert.ok(Number(res.headers["retry-after"]) >= 1);
});

test("guessing one account's password from many addresses gets slower, and its owner is told when to come back", async () => {
  const cas = await api.signup();
  const guess = () => new Person().post("/api/auth/signin", { email: cas.email, password: `guess ${Math.random()}` });
  const replies = [];
  for (let i = 0; i < 15; i++) replies.push(await guess());
  only(replies, 401, 429);
  const refused = replies.filter((r) => r.status === 429);
  assert.ok(refused.length > 0, "fifteen guesses in a row were all looked at");
  assert.ok(refused.every((r) => Number(r.headers["retry-after"]) >= 1));
  /* A session that was there goes on. */
  assert.equal((await cas.get("/api/me")).status, 200);
});

test("guessing invites and refresh tokens finds nothing and hurts nobody", async () => {
  const id = () => Array.from({ length: 22 }, () => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[Math.floor(Math.random() * 64)]).join("");
  const guesser = new Person();
  const replies = await typing(async () => [
    ...(await Promise.all(Array.from({ length: 150 }, () => guesser.post("/api/join", { invite: id(), name: "Eve" })))),
    ...(await Promise.all(Array.from({ length: 150 }, () => guesser.post("/api/auth/refresh", { refresh_token: id() + id() })))),
  ]);
  only(replies, 401, 404, 429, 503);
  for (const res of replies.filter((r) => r.status > 404)) assert.ok(Number(res.headers["retry-after"]) >= 1);
  assert.ok(replies.some((r) => r.status === 429), "three hundred guesses from one address were all answered");
});

test("a thousand requests at once from one address are answered or told to wait", async () => {
  const bob = await api.signup();
  const replies = await typing(() => Promise.all(Array.from({ length: 1000 }, () => bob.get("/api/me"))));
  only(replies, 200, 429, 503);
  assert.ok(replies.some((r) => r.status === 200));
});
