/*
 * auth.test.mjs - accounts and sessions: who gets in, for how long, and how guessing gets slow.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash, createPublicKey, randomBytes, verify } from "node:crypto";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { api, Person, waitFor } from "../lib/api.mjs";
import { redis } from "../lib/redis.mjs";
import { state } from "../lib/stack.mjs";

const top = new URL("../..", import.meta.url).pathname;
const anEmail = () => `${randomBytes(8).toString("hex")}@example.org`;

/* Passwords cost the server on purpose; when all tests sign in at once, some are told to come back in a second. */
const isCrowded = (res) => res.problem === "limit" && /many people/.test(res.body.detail);

async function patiently(call) {
  let res;
  await waitFor(async () => !isCrowded((res = await call())), { within: 30000, every: 300 });
  return res;
}
const signin = (email, password, person = api.anyone()) =>
  patiently(() => person.post("/api/auth/signin", { email, password }));
const signup = (body) => patiently(() => api.anyone().post("/api/auth/signup", body));
const change = (person, body) => patiently(() => person.patch("/api/me", body));
const refresh = (refresh_token, person = api.anyone()) => person.post("/api/auth/refresh", { refresh_token });
const meBy = async (token) => (await api.anyone().get("/api/me", { token })).status;

test("who signs up is signed in, by token and by cookie", async () => {
  const ann = await api.signup({ name: "Ann Å" });
  assert.equal(ann.session.expires_in, 300);
  for (const by of ["token", "cookie"]) {
    const { body } = await ann.get("/api/me", { by });
    assert.deepEqual(body, { user: { id: ann.id, email: ann.email, name: "Ann Å", has_password: true } });
  }
});

test("one account for one address, however it is written", async () => {
  const ann = await api.signup();
  for (const email of [ann.email, ann.email.toUpperCase()]) {
    assert.equal((await signup({ email, password: "password!", name: "Other" })).problem, "conflict");
  }
  assert.equal((await signin(ann.email.toUpperCase(), ann.password)).status, 200);
});

test("the owner's first address cannot be taken by anybody else", async () => {
  const body = { email: "Owner@LocalHost", password: "password!", name: "Mallory" };
  assert.equal((await signup(body)).problem, "conflict");
  const ann = await api.signup();
  const res = await change(ann, { email: body.email, current_password: ann.password });
  assert.equal(res.problem, "conflict");
});

test("names are one line that shows something", async () => {
  for (const name of [" ", "\u200b\u200b", "a\nb", "a\u202eb", "\u0007"]) {
    const res = await api.anyone().post("/api/auth/signup", { email: anEmail(), password: "password!", name });
    assert.deepEqual([res.status, res.errors[0].pointer], [422, "/name"], JSON.stringify(name));
  }
});

test("a wrong password and an unknown address get the same answer, in about the same time", async () => {
  const ann = await api.signup();
  const times = { wrong: [], unknown: [] };
  const answers = [];
  const best = (list) => Math.min(...list);
  const alike = () => best(times.unknown) > best(times.wrong) / 2;
  /* The best of four, or on a bad day of more: what else the machine does only ever makes it longer. */
  for (let i = 0; i < 4 || (i < 12 && !alike()); i++) {
    if (i % 4 === 3) await signin(ann.email, ann.password); /* or the answer would be to wait */
    for (const [kind, email] of [["wrong", ann.email], ["unknown", anEmail()]]) {
      const start = performance.now();
      const res = await signin(email, "not the password");
      times[kind].push(performance.now() - start);
      answers.push([res.status, { ...res.body, request: undefined }]);
    }
  }
  for (const answer of answers) assert.deepEqual(answer, answers[0]);
  assert.equal(answers[0][0], 401);
  assert.ok(alike(), `${best(times.unknown)} ms beside ${best(times.wrong)} ms`);
});

const FREE = 5; /* guesses at an account that need not wait: functions/auth/attempts.c */
const waitOf = (email) => `limit:signin-wait:{account-${createHash("sha256").update(email).digest("hex").slice(0, 32)}}`;

test("guessing at one account gets slow, from wherever it comes, and nobody else notices", async () => {
  const [ann, bob] = [await api.signup(), await api.signup()];
  let looked = 0;
  let crowded = 0;

  /*
   * The seconds to wait of one that is refused. Each failure doubles them, from one second; some of that has gone by when we ask,
   * or all of it, where this machine is slow: then one more is looked at.
   */
  async function guess() {
    const res = await api.anyone().post("/api/auth/signin", { email: ann.email, password: `guess ${looked}` });
    if (res.status === 401) return void assert.ok(++looked < 20, "one guess after the other is looked at");
    assert.equal(res.problem, "limit");
    if (isCrowded(res)) return void (crowded = 1); /* it was begun, and taken back */
    const wait = Number(res.headers["retry-after"]);
    assert.ok(wait >= 1 && wait <= 2 ** (looked + crowded - FREE), `${wait} s after ${looked} guesses`);
    return wait;
  }
  while (!(await guess()));
  assert.ok(looked >= FREE, `after ${looked}`);
  for (let wait = 0; wait <= 2; wait = (await guess()) ?? 0) await pause(200);

  /* Now longer than anything that this machine may do meanwhile. */
  while (redis("PEXPIRE", waitOf(ann.email), "60000") !== "1") await guess();
  assert.equal((await signin(ann.email, ann.password)).status, 429, "not even with the right password");
  assert.equal((await signin(bob.email, bob.password)).status, 200);
  redis("PEXPIRE", waitOf(ann.email), "1000");
  await waitFor(async () => (await signin(ann.email, ann.password)).status === 200);
  assert.equal((await signin(ann.email, "a typing error")).status, 401, "who got in begins anew");
});

test("guesses made at once are counted one by one", async () => {
  const ann = await api.signup();
  const all = await Promise.all(Array.from({ length: 30 }, (_, i) => signin(ann.email, `guess ${i}`)));
  const looked = all.filter((res) => res.status === 401).length;
  assert.ok(looked <= 8, `${looked} were looked at`);
  for (const res of all) assert.ok([401, 429].includes(res.status), `${res.status} ${res.raw}`);
});

test("guessing at many accounts from one address gets slow, too", async () => {
  const mallory = new Person();
  let res;
  let tries = 0;
  do res = await signin(anEmail(), "summer2026", mallory);
  while (res.status === 401 && ++tries < 60);
  assert.equal(res.problem, "limit");
  assert.ok(tries >= 50, `after ${tries}`);
  assert.ok(Number(res.headers["retry-after"]) >= 1);
});

test("a flood of sign-ups is answered or sent away, and nothing falls over", async () => {
  const ann = await api.signup();
  const flood = Promise.all(Array.from({ length: 60 }, () =>
    new Person().post("/api/auth/signup", { email: anEmail(), password: "password!", name: "Flood" })));
  /* Meanwhile who is signed in goes on, before those who wait for a hash. */
  let done = false;
  let meanwhile = 0;
  flood.finally(() => (done = true));
  for (let token = ann.session.refresh_token, i = 0; !done || i < 3; i++) {
    const res = await refresh(token);
    if (res.status === 503 && !done) { /* a queue that stands for long is cut, whoever is in it (overload.c) */
      await pause(1000 * Number(res.headers["retry-after"]));
      continue;
    }
    assert.equal(res.status, 200);
    if (!done) meanwhile++;
    token = res.body.refresh_token;
  }
  const all = await flood;
  for (const res of all) {
    assert.ok([201, 429, 503].includes(res.status), `${res.status} ${res.raw}`);
    if (res.status !== 201) assert.ok(Number(res.headers["retry-after"]) > 0);
  }
  assert.ok(all.some((res) => res.status === 201));
  assert.ok(meanwhile > 0, "no refresh was answered before the flood was over");
});

test("a refresh token is used up by its use, and a lost answer can be asked for again", async () => {
  const ann = await api.signup();
  const used = ann.session.refresh_token;
  const [once, again] = await Promise.all([refresh(used), refresh(used)]);
  assert.deepEqual([once.status, again.status], [200, 200]);
  assert.equal(once.body.refresh_token, again.body.refresh_token, "two windows get the same token");
  assert.notEqual(once.body.refresh_token, used);
  assert.equal((await refresh(used)).body.refresh_token, once.body.refresh_token);
  assert.deepEqual(once.body.user, ann.user);
  assert.equal(await meBy(once.body.access_token), 200);
  assert.equal((await refresh(once.body.refresh_token)).status, 200, "and the next one works");
});

test("a refresh token that comes back late ends the session, for whoever holds it", async () => {
  const ann = await api.signup();
  const used = ann.session.refresh_token;
  const { body: next } = await refresh(used);
  assert.equal(await meBy(next.access_token), 200);
  /* For ten seconds it may be a lost answer; then it is a copy. */
  const res = await waitFor(async () => {
    const late = await refresh(used);
    return late.status === 401 && late;
  }, { within: 15000, every: 500, what: "the used token to be too old" });
  assert.equal(res.problem, "unauthenticated");
  assert.equal((await refresh(next.refresh_token)).status, 401);
  assert.equal(await meBy(next.access_token), 401, "the access token ends with it");
});

test("a token from two refreshes ago ends the session at once", async () => {
  const ann = await api.signup();
  const first = ann.session.refresh_token;
  const second = (await refresh(first)).body.refresh_token;
  const third = (await refresh(second)).body;
  assert.equal((await refresh(first)).status, 401);
  assert.equal((await refresh(third.refresh_token)).status, 401);
  assert.equal(await meBy(third.access_token), 401);
});

test("refreshing works by the cookie alone, and a dead cookie is removed", async () => {
  const ann = await api.signup();
  const before = new Map(ann.cookies);
  const res = await ann.request("POST", "/api/auth/refresh", undefined, { by: "cookie" });
  assert.equal(res.status, 200);
  assert.notDeepEqual([...ann.cookies], [...before]);
  assert.equal((await ann.get("/api/me", { by: "cookie" })).status, 200);

  await ann.post("/api/auth/signout");
  ann.cookies = before;
  assert.equal((await ann.request("POST", "/api/auth/refresh", undefined, { by: "cookie" })).status, 401);
  assert.equal(ann.cookies.size, 0, "nothing is left in the browser");
});

test("what is no refresh token of ours is refused", async () => {
  const ann = await api.signup();
  const own = ann.session.refresh_token;
  for (const token of ["A".repeat(22), "A".repeat(65), own.slice(0, -1), `${own}A`, own.slice(22) + own.slice(0, 22), "!".repeat(65)]) {
    assert.equal((await refresh(token)).problem, "unauthenticated", token);
  }
  assert.equal((await api.anyone().request("POST", "/api/auth/refresh")).problem, "unauthenticated");
  assert.equal((await refresh(own)).status, 200, "and nothing happened to the real one");
});

test("signing out ends this session, not the others, and may be repeated", async () => {
  const ann = await api.signup();
  const other = await api.signin(ann);
  for (const by of ["token", "cookie"]) {
    const one = await api.signin(ann);
    assert.equal((await one.post("/api/auth/signout", undefined, { by })).status, 204);
    assert.equal(one.cookies.size, 0);
    assert.equal(await meBy(one.token), 401);
    assert.equal((await refresh(one.session.refresh_token)).status, 401);
  }
  assert.equal((await api.anyone().post("/api/auth/signout")).status, 204);
  assert.equal((await other.get("/api/me")).status, 200);
});

test("the owner's first address is nobody else's, in whatever letters", async () => {
  const email = "OWNER@LocalHost";
  const ann = await api.signup();
  assert.equal((await api.anyone().post("/api/auth/signup", { email, password: "correct horse", name: "Eve" })).status, 409);
  assert.equal((await change(ann, { email, current_password: ann.password })).status, 409);
});

test("the token of a session that has ended is nobody's, also where anybody may call", async () => {
  const invite = await api.invite(await api.room(await api.signup()));
  const bob = await api.signup();
  const { token } = bob;
  assert.equal((await bob.post("/api/auth/signout")).status, 204);
  const res = await bob.post("/api/join", { invite }, { token });
  assert.deepEqual([res.status, res.errors?.map((e) => e.pointer)], [422, ["/name"]], "a stranger, who has to say a name");
});

test("signing out by the refresh cookie works when the access token has gone", async () => {
  const ann = await api.signup();
  for (const name of ann.cookies.keys()) if (!/refresh/.test(name)) ann.cookies.delete(name);
  assert.equal((await ann.post("/api/auth/signout", undefined, { by: "cookie" })).status, 204);
  assert.equal((await refresh(ann.session.refresh_token)).status, 401);
});

test("name, e-mail and password can be changed; the last two by who knows the password", async () => {
  const ann = await api.signup();
  const email = anEmail();
  assert.equal((await change(ann, { name: "Anna" })).body.user.name, "Anna");
  for (const wish of [{ email }, { password: "another one" }]) {
    for (const proof of [{}, { current_password: "wrong" }]) {
      const res = await change(ann, { ...wish, ...proof });
      assert.deepEqual([res.status, res.errors[0].pointer], [422, "/current_password"]);
    }
  }
  const { body } = await change(ann, { email, current_password: ann.password });
  assert.deepEqual(body.user, { id: ann.id, email, name: "Anna", has_password: true });
  assert.equal((await signin(ann.email, ann.password)).status, 401);
  assert.equal((await signin(email, ann.password)).status, 200);
});

test("nobody changes to an address that another account has", async () => {
  const [ann, bob] = [await api.signup(), await api.signup()];
  const res = await change(ann, { email: bob.email.toUpperCase(), current_password: ann.password });
  assert.equal(res.problem, "conflict");
});

test("a new password ends the account's other sessions", async () => {
  const ann = await api.signup();
  const other = await api.signin(ann);
  assert.equal((await change(ann, { password: "a better one", current_password: ann.password })).status, 200);
  assert.equal((await ann.get("/api/me")).status, 200);
  assert.equal(await meBy(other.token), 401);
  assert.equal((await refresh(other.session.refresh_token)).status, 401);
  assert.equal((await signin(ann.email, "a better one")).status, 200);
});

test("a guest is a participant, not an account", async () => {
  const room = await api.room(await api.signup());
  const bob = await api.guest(room, "observer", { name: "Bob" });
  const { body } = await bob.get("/api/me");
  assert.deepEqual(body, { participant: { id: bob.id, room: room.id, name: "Bob", role: "observer", guest: true } });
  assert.equal((await bob.patch("/api/me", { name: "Root" })).problem, "denied");
  const { body: again } = await refresh(bob.session.refresh_token);
  assert.deepEqual(again.participant, body.participant);
});

/* The token of a new one-time link, as `make link` prints it. */
function firstLink() {
  const text = execFileSync("make", ["-s", "link", `VIVA_STATE=${state}`], {
    cwd: top,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 30_000,
  });
  return /\/first#(\S+)/.exec(text)[1];
}
const first = (token) => api.anyone().post("/api/auth/first", { token });

test("the first link signs the owner in, once; the next link the same owner", async () => {
  const token = firstLink();
  const { status, body } = await first(token);
  assert.equal(status, 200);
  assert.equal(await meBy(body.access_token), 200);
  assert.equal((await first(token)).problem, "gone", "it was used");
  assert.equal((await first(firstLink())).body.user.id, body.user.id);
  assert.equal((await first("A".repeat(32))).problem, "gone");
});

test("of many who use a first link at once, one gets in", async () => {
  const token = firstLink();
  const all = await Promise.all(Array.from({ length: 8 }, () => first(token)));
  assert.deepEqual(all.map((res) => res.status).sort(), [200, ...Array(7).fill(410)]);
});

test("the published key verifies our access tokens, and its id is its thumbprint", async () => {
  const ann = await api.signup();
  const { body } = await api.anyone().get("/.well-known/jwks.json");
  const [head, claims, signature] = ann.token.split(".");
  const { alg, kid, typ } = JSON.parse(Buffer.from(head, "base64url"));
  assert.deepEqual([alg, typ], ["ES256", "JWT"]);
  const jwk = body.keys.find((key) => key.kid === kid);
  const key = createPublicKey({ key: jwk, format: "jwk" });
  const signed = Buffer.from(`${head}.${claims}`);
  assert.ok(verify("sha256", signed, { key, dsaEncoding: "ieee-p1363" }, Buffer.from(signature, "base64url")));
  const { crv, kty, x, y } = jwk;
  assert.equal(createHash("sha256").update(JSON.stringify({ crv, kty, x, y })).digest("base64url"), kid);
  assert.equal(jwk.d, undefined);
});

test("limits of one address name the time to wait", async () => {
  const mallory = new Person();
  let res;
  /* Some come back meanwhile: however slow this machine is, an empty bucket is met. */
  for (let i = 0; i < 400; i++) {
    res = await mallory.post("/api/auth/first", { token: "A".repeat(32) });
    if (res.status === 429) break;
  }
  assert.equal(res.problem, "limit");
  assert.ok(Number(res.headers["retry-after"]) >= 1);
});
