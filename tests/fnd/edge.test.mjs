/*
 * edge.test.mjs - what the runtime holds by itself, without the gateway in front of it: ids, sizes, types.
 *
 * `auth` is asked what needs neither database nor Redis to be refused.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { before, test } from "node:test";
import { ask } from "../lib/fastcgi.mjs";
import { BAD, build, OPENAPI, World } from "./world.mjs";

let world;

before(async () => {
  world = new World({ one: BAD, auth: join(build, "fn/auth") }).start();
  for (const name of ["one", "auth"]) await world.listens(name);
});

test("an id that looks like the gateway's is kept, and any other replaced", async () => {
  const idOf = async (REQUEST_ID) => (await world.ask("one", "ok", { REQUEST_ID })).headers;
  for (const id of ["0123456789abcdef0123456789abcdef", "A-1", "a".repeat(64)]) assert.equal((await idOf(id))["x-request-id"], id);
  for (const id of ["", "a b", "a\r\nSet-Cookie: a=b", "g", "a".repeat(65), "é"]) {
    const headers = await idOf(id);
    assert.match(headers["x-request-id"], /^[\w-]{22}$/, JSON.stringify(id));
    assert.equal(headers["set-cookie"], undefined);
  }
});

test("a WebSocket's address is for handshakes", async () => {
  for (const HTTP_UPGRADE of ["", "h2c", "websockets"]) {
    const { status, body } = await world.ask("one", "listen", { HTTP_UPGRADE });
    assert.deepEqual([status, JSON.parse(body).errors[0].pointer], [422, "Upgrade"], HTTP_UPGRADE);
  }
  assert.equal((await world.ask("one", "listen", { HTTP_UPGRADE: "WebSocket" })).status, 200);
});

const SIGNIN = { ...OPENAPI, REQUEST_METHOD: "POST", REQUEST_URI: "/api/auth/signin", CONTENT_TYPE: "application/json" };
const signin = async (body, more) => {
  const reply = await ask(world.socket("auth"), { ...SIGNIN, CONTENT_LENGTH: body.length, ...more }, Buffer.from(body));
  return [reply.status, JSON.parse(reply.body)];
};

test("a body is as long as was said", async () => {
  const [status, problem] = await signin("{}", { CONTENT_LENGTH: 3 });
  assert.equal(status, 422);
  assert.match(problem.detail, /ended after 2 of 3 bytes/);
  for (const CONTENT_LENGTH of ["-1", "+2", "0x2", "2 ", "99999999999999999999"]) {
    const [refused, why] = await signin("{}", { CONTENT_LENGTH });
    assert.ok([413, 422].includes(refused), `${CONTENT_LENGTH}: ${refused} ${JSON.stringify(why)}`);
  }
});

test("and no longer than its operation takes, whatever follows", async () => {
  assert.equal((await signin("{}", { CONTENT_LENGTH: 65537 }))[0], 413);
  assert.equal((await signin("x".repeat(65537)))[0], 413);
  assert.equal((await signin("x".repeat(65536)))[0], 422);
});

test("a body that has to be there is, and has a type that is taken", async () => {
  const [status, problem] = await signin("");
  assert.deepEqual([status, problem.detail], [422, "a body is needed"]);
  for (const CONTENT_TYPE of ["text/plain", "application/jsonp", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/octet-stream"])
    assert.equal((await signin("{}", { CONTENT_TYPE }))[0], 415, CONTENT_TYPE);
  for (const CONTENT_TYPE of ["application/json", "Application/JSON; charset=utf-8", ""]) assert.equal((await signin("{}", { CONTENT_TYPE }))[0], 422, CONTENT_TYPE);
});
