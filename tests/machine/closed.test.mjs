/*
 * closed.test.mjs - VIVA_SIGNUP=closed: no stranger opens an account; who is invited comes in as a guest, the owner by a link, and
 * who has an account goes on.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ports, Second } from "./second.mjs";

const stack = new Second({ VIVA_SIGNUP: "closed" }, await ports(2));
const LIMIT = { timeout: 180_000 };
const ann = { email: "ann@example.org", password: "correct horse battery", name: "Ann" };
let token;

before(async () => {
  [, token] = /\/first#([\w-]+)/.exec(await stack.start());
});
after(() => stack.stop());

async function ask(method, path, body, bearer) {
  const headers = { ...(body ? { "content-type": "application/json" } : {}), ...(bearer ? { authorization: `Bearer ${bearer}` } : {}) };
  const res = await fetch(`http://127.0.0.1:${stack.port}${path}`, { method, headers, body: body && JSON.stringify(body) });
  const text = await res.text();
  return { status: res.status, type: res.headers.get("content-type"), cookies: res.headers.getSetCookie(), body: text && JSON.parse(text) };
}
const post = (path, body, bearer) => ask("POST", path, body, bearer);

/* Refused, in words that say what to do, without a session. */
function refused({ status, type, body, cookies }) {
  assert.equal(status, 403);
  assert.match(type, /^application\/problem\+json/);
  assert.deepEqual([body.type, body.detail], ["denied", "accounts cannot be opened here: ask for an invite"]);
  assert.deepEqual(cookies, []);
}

test("a stranger opens no account, and does not learn who has one", LIMIT, async () => {
  refused(await post("/api/auth/signup", ann));
  const owner = (await post("/api/auth/first", { token })).body;
  const change = await ask("PATCH", "/api/me", { email: "owner@example.org", password: "battery staple horse" }, owner.access_token);
  assert.equal(change.status, 200, JSON.stringify(change.body));
  refused(await post("/api/auth/signup", { ...ann, email: "owner@example.org" }));
  assert.equal((await post("/api/auth/signin", { email: ann.email, password: ann.password })).status, 401, "no account came of it");
  /* What is wrong is still told by its name. */
  assert.equal((await post("/api/auth/signup", { ...ann, password: "x" })).status, 422);
});

test("the owner signs in, opens a room and invites; who is invited is a guest, and opens no account either", LIMIT, async () => {
  const owner = (await post("/api/auth/signin", { email: "owner@example.org", password: "battery staple horse" })).body;
  const room = (await post("/api/rooms", { title: "Interview" }, owner.access_token)).body;
  const invite = (await post(`/api/rooms/${room.id}/invites`, { role: "candidate" }, owner.access_token)).body;
  const joined = await post("/api/join", { invite: /[\w-]{22}$/.exec(invite.url)[0], name: "Cas" });
  assert.equal(joined.status, 201, JSON.stringify(joined.body));
  const guest = joined.body.access_token;
  assert.equal((await ask("GET", `/api/rooms/${room.id}`, undefined, guest)).status, 200);
  refused(await post("/api/auth/signup", ann, guest));
  assert.equal((await post("/api/rooms", { title: "Mine" }, guest)).status, 403, "a guest has the room that they were invited to");
});

test("nobody comes in by an invite or a link that is none", LIMIT, async () => {
  for (const [path, body] of [["/api/join", { invite: "A".repeat(22), name: "Eve" }], ["/api/auth/first", { token }]]) {
    const { status, type } = await post(path, body);
    assert.ok([404, 410, 422].includes(status), `${path}: ${status}`);
    assert.match(type, /^application\/problem\+json/);
  }
});
