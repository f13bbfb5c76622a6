/*
 * disk.test.mjs - the disk of PostgreSQL, or of Redis, or Redis' memory, is full while people work: what was answered is kept, what cannot be
 * stored is answered 503, and room that is made is used without anybody's help.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import * as Y from "yjs";
import * as frames from "../lib/frames.mjs";
import { waitFor } from "../lib/wait.mjs";
import { World } from "./world.mjs";

const skip = process.getuid() === 0 ? false : "only root can mount a small disk";
const LIMIT = { timeout: 300_000, skip };
const PATIENCE = { within: 120_000, every: 100 };
let world, ann, room;

before(async () => {
  if (skip) return;
  world = await World.make();
  ann = await world.person();
  room = `/api/rooms/${(await world.must(201, ann, "POST", "/api/rooms", { title: "Small", language: "python" })).id}`;
});
after(() => world?.end());

/* Somebody who does one thing again and again: what was answered, and how often it was refused. */
class Worker {
  kept = [];
  refused = 0;

  constructor(good, deed) {
    Object.assign(this, { good, deed });
  }

  /* Whether it was done. Nothing but 503 is a way to say no. */
  async once() {
    const { reply, what } = await this.deed();
    if (reply.status === this.good) this.kept.push(what(reply));
    else {
      assert.equal(reply.status, 503, reply.body);
      this.refused++;
    }
    return reply.status === this.good;
  }

  async times(n) {
    for (let i = 0; i < n; i++) await this.once();
  }

  untilRefused(n) {
    return waitFor(async () => !(await this.once()) && this.refused >= n, { ...PATIENCE, every: 1, what: "the disk to be too small" });
  }

  untilDone() {
    return waitFor(() => this.once(), { ...PATIENCE, what: "it to be done again" });
  }
}

/* More than a person may do in a minute, and nobody runs what is asked for: limits are not what is tried here. */
function unlimited() {
  world.redisCli("EVAL", "for _, k in ipairs(redis.call('KEYS', 'limit:*')) do redis.call('DEL', k) end", "0");
  world.sql("UPDATE run SET ended_at = now(), status = 'ok' WHERE ended_at IS NULL");
}

const speaker = () =>
  new Worker(201, async () => ({
    reply: await world.call(ann, "POST", `${room}/chat`, { text: randomBytes(900).toString("hex") }),
    what: (reply) => JSON.parse(reply.body).id,
  }));

const runner = () =>
  new Worker(202, async () => ({
    reply: await world.call(ann, "POST", `${room}/runs`, { language: "python", files: [{ path: "main.py", content: `#${randomBytes(2400).toString("hex")}` }] }),
    what: (reply) => JSON.parse(reply.body).id,
  }));

/* Each edit is a client's first, so that none waits for another. */
function typist() {
  return new Worker(204, async () => {
    const doc = new Y.Doc();
    const text = randomBytes(2000).toString("hex");
    return { reply: await world.call(ann, "POST", `${room}/docs/code/updates`, frames.update(frames.type(doc, text))), what: () => text };
  });
}

async function written() {
  const person = { post: async (...call) => ({ ...(await world.call(ann, "POST", ...call)), get body() { return new Uint8Array(this.raw); } }) };
  return (await frames.state(person, { path: room })).doc.getText("file:main.py").toString();
}

const lost = (ids, table, column = "id") => {
  const there = new Set(world.sql(`SELECT ${column} FROM ${table}`).map(([id]) => id));
  return ids.filter((id) => !there.has(id));
};

/* What is written to the log of PostgreSQL and nowhere else, until it cannot be. */
function exhaust() {
  for (;;) {
    try {
      world.sql("SELECT pg_logical_emit_message(false, 'full', repeat('x', 400000))");
    } catch {
      return;
    }
  }
}

test("PostgreSQL's disk is full", LIMIT, async () => {
  const [said, asked, typed] = [speaker(), runner(), typist()];
  for (const worker of [said, asked, typed]) await worker.times(3);
  unlimited();
  /* Redis knows for half a minute who is in the room; on a slow machine all this takes longer. */
  const members = `room:{${room.split("/").at(-1)}}:members`;
  await waitFor(async () => (await typed.once()) && world.redisCli("PERSIST", members) === "1", { what: "the members to be known" });
  world.fill("pg");
  await said.untilRefused(3);
  exhaust();
  /* Not only its tables: its log cannot be written, and then it ends, and cannot come back. */
  await waitFor(() => /PANIC: .*No space left on device/.test(world.said), { ...PATIENCE, what: "PostgreSQL to give up" });
  await said.untilRefused(6);
  await asked.untilRefused(3);
  await typed.times(5);
  assert.equal(typed.refused, 0, "who types needs none of it");
  world.free("pg");
  for (const worker of [said, asked, typed]) await worker.untilDone();
  unlimited();
  for (const worker of [said, asked, typed]) await worker.times(3);
  assert.deepEqual(lost(asked.kept, "run"), []);
  assert.deepEqual(lost(said.kept, "event WHERE type = 'chat'", "data->>'id'"), []);
  const text = await written();
  assert.ok(typed.kept.every((t) => text.includes(t)));
});

test("Redis' disk is full", LIMIT, async () => {
  unlimited();
  const [asked, typed] = [runner(), typist()];
  for (const worker of [asked, typed]) await worker.times(3);
  world.fill("redis");
  await typed.untilRefused(5);
  await asked.times(1);
  const text = await written();
  assert.ok(typed.kept.every((t) => text.includes(t)), "what is there can be read");
  world.free("redis");
  await typed.untilDone();
  await typed.times(3);
  assert.deepEqual(lost(asked.kept, "run"), []);
  await redisDies();
  await typed.untilDone();
  const again = await written();
  assert.ok(typed.kept.every((t) => again.includes(t)));
});

/* It has what is on the disk, and nothing else. */
async function redisDies() {
  const starts = world.starts.redis;
  world.redis.kill("SIGKILL");
  await waitFor(() => world.starts.redis > starts, { ...PATIENCE, what: "Redis to be started again" });
}

test("Redis' disk becomes full by what people type, and then Redis dies", LIMIT, async () => {
  unlimited();
  const typed = typist();
  world.leave("redis", 9);
  await typed.untilRefused(3);
  assert.ok(typed.kept.length > 0);
  world.leave("redis", 0);
  await redisDies();
  world.free("redis");
  await typed.untilDone();
  const text = await written();
  assert.deepEqual(typed.kept.filter((t) => !text.includes(t)).length, 0);
});

const health = async () => {
  const reply = await world.call(null, "GET", "/api/health");
  return { status: reply.status, redis: JSON.parse(reply.body).parts.find((part) => part.name === "redis").ok };
};
const memory = (bytes) => assert.equal(world.redisCli("CONFIG", "SET", "maxmemory", String(bytes)), "OK");

test("Redis' memory is full: who types is told to try again, health says so, a compaction makes room, nothing is lost", LIMIT, async () => {
  unlimited();
  const typed = typist();
  await typed.times(3);
  await waitFor(async () => (await health()).redis, { ...PATIENCE, what: "health" });
  memory(1 << 20);
  await typed.untilRefused(5);
  assert.deepEqual(await waitFor(async () => { const now = await health(); return !now.redis && now; }, { ...PATIENCE, what: "health to say so" }), { status: 503, redis: false });
  const text = await written();
  assert.ok(typed.kept.every((t) => text.includes(t)), "what is there can be read");
  const log = `doc:{${room.split("/").at(-1)}}:code:log`;
  const tail = () => Number(world.redisCli("HGET", log.replace(/log$/, "clocks"), "tail"));
  assert.ok(tail() > 0);
  const compacted = await world.trigger("docs", "checkpoint", { room: room.split("/").at(-1), document: "code" });
  assert.equal(compacted.status, 204, compacted.body);
  assert.equal(world.redisCli("XLEN", log), "0", "a compaction needs no room");
  assert.equal(tail(), 0, "and what it took away is not counted any more");
  memory(0);
  await typed.untilDone();
  const again = await written();
  assert.ok(typed.kept.every((t) => again.includes(t)));
});
