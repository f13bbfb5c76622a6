/*
 * contract_bodies.test.mjs - every request body of api.yaml: what fits is taken, what does not is refused at
 * the field that is wrong. Bodies are drawn from the schemas; VIVA_SEED repeats a run.
 */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { api, waitFor } from "../lib/api.mjs";
import { fill, operations } from "../lib/contract.mjs";
import { brokenJson, valid, wrongs } from "../lib/generate.mjs";
import { random, seed } from "../lib/random.mjs";
import { staysCalm } from "../lib/stack.mjs";
import { makeWorld } from "../lib/world.mjs";

/* Rounds for each operation: a right body and what can be wrong with it. */
const ROUNDS = Number(process.env.VIVA_FUZZ_ROUNDS ?? 12);
const AT_ONCE = 6;

/* Refusals of right bodies that are about the world, not about the body. */
const REFUSES = {
  auth_signup: [409],
  auth_signin: [401],
  auth_first: [401, 404, 410],
  auth_recover: [403], /* where no mail is sent */
  auth_reset: [410],
  auth_refresh: [401],
  rooms_join: [404],
  rooms_presence: [409],
  runs_input: [409],
  terminal_input: [409],
  terminal_resize: [409],
};

/* Where the schema allows more than the world does: the same body, so that it can be granted. */
const GRANTABLE = {
  auth_update: (body) => ({ name: body.name ?? "Ann" }),
  rooms_update: ({ restricted, ...body }) => body,
  runs_submit: ({ document, cases, test, files = [{ path: "main.py", content: "" }], ...body }) => ({
    ...body,
    ...(cases && body.input === undefined && !body.interactive && !body.terminal && { cases: cases.map((c) => ({ ...c, hidden: false })) }),
    files: files.map((file, i) => (i === 0 ? file : { ...file, path: `other${i}` })),
  }),
  signal_send: async (body, actor, world) => {
    await actor.must(200, "POST", `${world.room.path}/presence`, { connection: body.from, state: "here" });
    return { ...body, to: body.from };
  },
};

let owner;

staysCalm();
before(async () => {
  owner = await api.signup();
});

/* Calls `work` for each item, a few at a time; the first failure ends it. */
async function each(items, work) {
  const queue = items[Symbol.iterator]();
  const worker = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function call(world, op, body, options, actor) {
  actor ??= await world.actor(op);
  const res = await actor.request(op.method, fill(op, world.values), body, options);
  assert.ok(res.status < 500 || res.status === 503, `${op.id}: ${res.status} ${res.raw}`);
  await world.used(op, res.status);
  return res;
}

const show = (body) => (JSON.stringify(body) ?? "").slice(0, 300);

/* What is too much at this moment is granted a little later. */
async function taken(world, op, body) {
  const actor = await world.actor(op);
  const asked = (await GRANTABLE[op.id]?.(body, actor, world)) ?? body;
  let res;
  /* As a run in world.mjs: a room may have only so many that wait, and a busy machine lets them wait. */
  await waitFor(async () => (res = await call(world, op, asked, {}, actor)).status !== 429, { within: 180_000, every: 500 });
  const right = res.status < 300 || (REFUSES[op.id] ?? []).includes(res.status);
  assert.ok(right, `seed ${seed}: ${op.id} refused what fits: ${res.status} ${res.raw}: ${show(asked)}`);
}

async function refused(world, op, { what, pointer, body }) {
  const res = await call(world, op, body);
  const said = `seed ${seed}: ${op.id} ${what} at "${pointer}": ${res.status} ${res.raw}: ${show(body)}`;

  if (Buffer.byteLength(JSON.stringify(body)) > op.bodyMax) return assert.equal(res.status, 413, said);
  assert.equal(res.status, 422, said);
  assert.ok(res.errors.length > 0, `names no field: ${said}`);
  assert.equal(res.errors[0].pointer, pointer, said);
}

const SOME = 8;

for (const op of operations.filter((op) => op.body?.schema)) {
  test(`${op.id} takes what fits and names the field that does not`, async () => {
    const r = random(seed);
    const world = await makeWorld(owner);
    for (let round = 0; round < ROUNDS; round++) {
      const body = valid(r, op.body.schema);
      await taken(world, op, body);
      const all = wrongs(op.body.schema, body);
      await each(round === 0 ? all : Array.from({ length: SOME }, () => r.pick(all)), (wrong) => refused(world, op, wrong));
    }
  });

  test(`${op.id} refuses what is not JSON`, async () => {
    const r = random(seed);
    const world = await makeWorld(owner);
    await each(brokenJson(valid(r, op.body.schema)), async ([what, bytes]) => {
      const res = await call(world, op, bytes, { type: "application/json" });
      if (!op.body.required && bytes.length === 0) return;
      assert.ok(res.status >= 400, `${op.id} took ${what}: ${res.status}`);
      assert.match(String(res.status), /^4(00|13|22)$/, `${op.id}, ${what}: ${res.status} ${res.raw}`);
    });
  });

  test(`${op.id} refuses another content type`, async () => {
    const world = await makeWorld(owner);
    const body = Buffer.from(JSON.stringify(valid(random(seed), op.body.schema)));
    const types = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml",
      "application/octet-stream", "application/jsonx", "x", "\"application/json\""];
    await each(types, async (type) => {
      const res = await call(world, op, body, { type });
      assert.equal(res.status, 415, `${op.id} took ${type}: ${res.status} ${res.raw}`);
    });
  });
}

test("nothing takes multipart, and octets are not taken as something else", async () => {
  const world = await makeWorld(owner);
  const form = Buffer.from('--x\r\nContent-Disposition: form-data; name="a"; filename="b"\r\n\r\nhello\r\n--x--\r\n');
  for (const op of operations.filter((op) => op.body)) {
    for (const type of ["multipart/form-data; boundary=x", "multipart/mixed", "text/plain"]) {
      const res = await call(world, op, form, { type });
      assert.equal(res.status, 415, `${op.id} took ${type}: ${res.status} ${res.raw}`);
    }
  }
});
