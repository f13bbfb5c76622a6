/*
 * hostile_tokens.test.mjs - tokens that are expired, forged, bent or borrowed: refused, one by one.
 *
 * The control is a token made here with the stack's own key: it is taken. Every other one differs from it in
 * one thing and must be refused, by a request, by a document and by a handshake alike.
 */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { api, patiently } from "../lib/api.mjs";
import { operations } from "../lib/contract.mjs";
import * as frames from "../lib/frames.mjs";
import { origin } from "../lib/http.mjs";
import * as token from "../lib/token.mjs";

let ann;
let room;
let bob;
let head;
let claims;

const now = () => Math.floor(Date.now() / 1000);

before(async () => {
  ann = await api.signup();
  room = await api.room(ann);
  bob = await api.guest(room);
  [head, claims] = token.parts(ann.token);
  claims = { ...claims, exp: now() + 200 };
});

/* What each part of the system answers to a token: [request, document, handshake]. */
async function tried(forged) {
  const nobody = api.anyone();
  const request = await nobody.get("/api/me", { token: forged });
  const document = await nobody.post(`${room.path}/docs/code/sync`, frames.step1(), { token: forged });
  const handshake = await nobody.socket(`${room.ws}/events`, { token: forged }).then(
    (socket) => socket.close().then(() => 101),
    (error) => error.status,
  );
  return [request.status, document.status, handshake];
}

async function refused(forged, what) {
  assert.deepEqual(await tried(forged), [401, 401, 401], what);
}

test("the control: a token made with the stack's key is taken", async () => {
  assert.deepEqual(await tried(token.es256(head, claims)), [200, 200, 101]);
});

const PAST = {
  "one that ended a second ago": { exp: -1 },
  "one that ends now": { exp: 0 },
  "one that ended a year ago": { exp: -365 * 86400 },
};
for (const [what, { exp }] of Object.entries(PAST)) {
  test(`expired: ${what}`, () => refused(token.es256(head, { ...claims, exp: now() + exp })));
}

const CLAIMS = {
  "no end": { exp: undefined },
  "an end that is text": { exp: "9999999999" },
  "an end that is a fraction": { exp: 9999999999.5 },
  "an end that is an array": { exp: [9999999999] },
  "an end before time": { exp: -9999999999 },
  "no subject": { sub: undefined },
  "a subject that is a number": { sub: 1 },
  "a subject that is null": { sub: null },
  "a subject that is no id": { sub: "' OR 1=1 --" },
  "an empty subject": { sub: "" },
  "no session": { sid: undefined },
  "a session that is no id": { sid: "x" },
  "a room that is no id": { room: "*" },
  "a room that is null": { room: null },
};
for (const [what, change] of Object.entries(CLAIMS)) {
  test(`signed by us, but with ${what}`, () => refused(token.es256(head, { ...claims, ...change })));
}

const HEADERS = {
  "no type": { typ: undefined },
  "another type": { typ: "at+jwt" },
  "a type in small letters": { typ: "jwt" },
  "no key id": { kid: undefined },
  "a key id of nobody": { kid: "AAAA" },
  "an empty key id": { kid: "" },
  "a key id that is a path": { kid: "../../../../dev/null" },
  "a key id that is SQL": { kid: "' UNION SELECT 'x" },
  "a key id that is a number": { kid: 0 },
  "a key of its own": { jwk: { kty: "EC", crv: "P-256" } },
  "a key elsewhere": { jku: "http://127.0.0.1:1/jwks.json" },
  "a certificate": { x5u: "http://127.0.0.1:1/x.pem" },
  "something critical": { crit: ["exp"] },
  "an unencoded payload": { b64: false, crit: ["b64"] },
  "compression": { zip: "DEF" },
};
for (const [what, change] of Object.entries(HEADERS)) {
  test(`a header with ${what}`, () => refused(token.es256({ ...head, ...change }, claims)));
}

for (const alg of ["none", "None", "NONE", "nOnE", ""]) {
  test(`alg "${alg}": without and with a signature`, async () => {
    await refused(token.unsigned({ ...head, alg }, claims));
    await refused(token.unsigned({ ...head, alg }, claims, ann.token.split(".")[2]));
    await refused(token.es256({ ...head, alg }, claims));
    await refused(`${token.unsigned({ ...head, alg }, claims).slice(0, -1)}`);
  });
}

test("HS256 with the public key, in every form that it has", async () => {
  const pem = token.ourPublicPem();
  const jwk = token.ourPublicJwk();
  const forms = [pem, pem.trim(), pem.replace(/-----[^-]+-----|\s/g, ""), Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ""), "base64"),
    JSON.stringify(jwk), jwk.x, `${jwk.x}${jwk.y}`, Buffer.from(jwk.x, "base64url"), ""];
  for (const form of forms) {
    for (const alg of ["HS256", "HS384", "HS512", "ES256"]) await refused(token.hs256({ ...head, alg }, claims, form), alg);
  }
});

test("another key: with our key id, with its own, and as RS256 or ES384", async () => {
  await refused(token.es256(head, claims, token.anotherKey()));
  await refused(token.es256({ ...head, kid: "theirs" }, claims, token.anotherKey()));
  await refused(token.rs256({ ...head, alg: "RS256" }, claims));
  await refused(token.es256({ ...head, alg: "ES384" }, claims));
  await refused(token.es256({ ...head, alg: "ES256K" }, claims));
});

test("a signature that is bent", async () => {
  const [h, c, s] = ann.token.split(".");
  const bytes = Buffer.from(s, "base64url");
  const zero = Buffer.alloc(64).toString("base64url");
  const n = Buffer.from("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", "hex");
  const flipped = Buffer.from(bytes);
  flipped[10] ^= 1;
  const signatures = ["", "AA", zero, Buffer.concat([n, n]).toString("base64url"), flipped.toString("base64url"),
    bytes.subarray(0, 32).toString("base64url"), bytes.subarray(0, 63).toString("base64url"),
    Buffer.concat([bytes, Buffer.from([0])]).toString("base64url"), `${s}=`, `${s}==`, bytes.toString("base64"),
    `${s}.`, `${s}.x`, `%00${s}`, s.slice(0, -1), `${s}A`];
  for (const signature of signatures) {
    if (signature === s) continue;
    await refused(`${h}.${c}.${signature}`, signature);
  }
  await refused(token.es256(head, claims, token.ourKey(), "der"), "DER");
});

test("a token that is bent", async () => {
  const [h, c, s] = ann.token.split(".");
  const other = Buffer.from(JSON.stringify({ ...claims, sub: bob.id })).toString("base64url");
  const spaced = Buffer.from(JSON.stringify(token.read(h), null, 1)).toString("base64url");
  const forms = ["", ".", "..", "...", `${h}.${c}`, `${h}..${s}`, `.${c}.${s}`, `${h}.${other}.${s}`, `${spaced}.${c}.${s}`,
    `${h}.${c}.${s}.${s}`, `${h}.${h}.${c}.${s}.${s}`, `${h}=.${c}.${s}`, `${h}.${c}=.${s}`, ann.token.toUpperCase(),
    ann.token.slice(1), ann.token.slice(0, -1), "A".repeat(5000), `${"A".repeat(1000)}.${"A".repeat(1000)}.${s}`,
    `${h}.${Buffer.from("[".repeat(900)).toString("base64url")}.${s}`];
  for (const form of forms) await refused(form, form.slice(0, 80));
});

test("claims said twice: the signature is ours, the meaning is not clear", async () => {
  const twice = `{"sub":"${bob.id}",${JSON.stringify(claims).slice(1)}`;
  await refused(token.es256(head, twice));
  await refused(token.es256(`{"alg":"none",${JSON.stringify(head).slice(1)}`, claims));
});

test("a guest's token is good for its one room and says so in a signed claim", async () => {
  const [guestHead, guestClaims] = token.parts(bob.token);
  const elsewhere = await api.room(ann);
  assert.equal(guestClaims.room, room.id);
  const moved = token.es256(guestHead, { ...guestClaims, room: elsewhere.id, exp: now() + 100 });
  const res = await api.anyone().get(elsewhere.path, { token: moved });
  assert.equal(res.status, 404, "even signed by us: membership is looked up, not believed");
});

test("after signing out the access token is refused though it has not expired", async () => {
  const cas = await api.signup();
  assert.equal((await cas.get("/api/me")).status, 200);
  assert.equal((await cas.post("/api/auth/signout")).status, 204);
  assert.equal((await cas.get("/api/me")).status, 401);
  assert.equal((await api.anyone().post("/api/auth/refresh", { refresh_token: cas.session.refresh_token })).status, 401);
});

test("no worker that knows a session lets it in once it has ended", async () => {
  const cas = await api.signup();
  const other = await api.signin(cas);
  for (let round = 0; round < 10; round++) {
    const one = await api.signin(cas);
    const crowd = async (n) => new Set(await Promise.all(Array.from({ length: n }, async () => (await one.get("/api/me")).status)));
    for (let i = 0; i < 4; i++) assert.deepEqual([...(await crowd(8))], [200]);
    assert.equal((await one.post("/api/auth/signout")).status, 204);
    assert.deepEqual([...(await crowd(16))], [401], `round ${round}`);
    assert.equal((await other.get("/api/me")).status, 200);
  }
});

test("a guest who left is refused everywhere", async () => {
  const eve = await api.guest(room);
  assert.equal((await eve.post(`${room.path}/leave`)).status, 204);
  for (const path of ["/api/me", room.path, `${room.path}/chat`]) {
    const { status } = await eve.get(path);
    assert.ok(status === 401 || status === 404, `${path}: ${status}`);
  }
});

test("cookies are taken from our own pages only", async () => {
  const cas = await api.signup();
  const place = await api.room(cas);
  const say = (headers) => cas.post(`${place.path}/chat`, { text: "hello" }, { by: "cookie", headers });
  const hear = (headers, from) =>
    cas.socket(`${place.ws}/events`, { by: "cookie", headers, origin: from }).then(
      (socket) => socket.close().then(() => 101),
      (error) => error.status,
    );
  assert.ok(cas.cookies.size > 0);
  assert.equal((await say({})).status, 201, "the control");
  assert.equal(await hear({}, origin), 101, "the control");

  const { protocol, host, hostname, port } = new URL(origin);
  const foreign = ["https://evil.example", "null", "", `${protocol}//${hostname}`, `${protocol}//${hostname}:${Number(port) + 1}`,
    `${origin}.evil.example`, `${protocol}//evil.example/${host}`, `${protocol}//${host}@evil.example`, `ftp://${host}`,
    `${origin}/`, `${origin}, https://evil.example`, `x${origin}`, `https://${host}`];
  for (const from of foreign) {
    assert.equal((await say({ origin: from })).status, 403, `a write from "${from}"`);
    assert.equal(await hear({ origin: from }, from), 403, `a handshake from "${from}"`);
  }
});

test("no other page may read an answer", async () => {
  for (const op of operations.filter((op) => op.method === "GET" && op.parameters.length === 0)) {
    const res = await ann.get(op.path, { headers: { origin: "https://evil.example" } });
    assert.equal(res.headers["access-control-allow-origin"], undefined, op.id);
    assert.equal(res.headers["access-control-allow-credentials"], undefined, op.id);
  }
});

test("what signing in sets cannot be read by scripts nor sent by other sites", async () => {
  const person = api.anyone();
  const res = await patiently(() => person.post("/api/auth/signin", { email: ann.email, password: ann.password }));
  const lines = res.headers["set-cookie"] ?? [];
  assert.ok(lines.length > 0);
  for (const line of lines) {
    assert.match(line, /; *HttpOnly/i);
    assert.match(line, /; *SameSite=(Lax|Strict)/i);
    assert.match(line, /; *Path=\//i);
    assert.doesNotMatch(line, /; *Domain=/i);
  }
});
