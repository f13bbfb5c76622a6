/*
 * retention.test.mjs - rooms are deleted so many days after they ended (VIVA_KEEP_DAYS, which this stack was started with), whole,
 * and others are not.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as Y from "yjs";
import { api, waitFor } from "../lib/api.mjs";
import { quote, sql } from "../lib/database.mjs";
import * as frames from "../lib/frames.mjs";
import { redis } from "../lib/redis.mjs";

const KEEP_DAYS = 3650; /* tests/lib/suites.mjs */

const tables = sql("SELECT table_name FROM information_schema.columns WHERE column_name = 'room_id' AND table_schema = 'public' ORDER BY 1").flat();
const left = (room) => tables.filter((table) => sql(`SELECT 1 FROM ${table} WHERE room_id = ${quote(room.id)} LIMIT 1`).length > 0);
const keys = (room) => redis("--scan", "--pattern", `doc:{${room.id}}:*`).split("\n").filter(Boolean);

/* A room with something of everything; the last edits are not in its checkpoint, as where that was late. */
async function full() {
  const room = await api.room(await api.signup());
  const guest = await api.guest(room);
  const doc = new Y.Doc();
  const write = async () => assert.equal((await guest.post(`${room.path}/docs/code/updates`, frames.update(frames.type(doc, "x")))).status, 204);

  await write();
  await room.owner.must(201, "POST", `${room.path}/chat`, { text: "Hello" });
  await room.owner.must(200, "POST", `${room.path}/end`);
  await waitFor(() => left(room).includes("doc_checkpoint"), { what: "the checkpoint" });
  redis("XADD", `doc:{${room.id}}:code:log`, "*", "u", "late", "p", "x");
  return { room, guest };
}

const endedBefore = (room, days) => sql(`UPDATE room SET ended_at = now() - interval '${days} days' WHERE id = ${quote(room.id)}`);

async function expire() {
  sql("UPDATE schedule SET next_at = now() WHERE name = 'rooms_expire'");
  await waitFor(() => sql("SELECT 1 FROM schedule WHERE name = 'rooms_expire' AND next_at > now()").length === 1, { what: "it fires" });
  await waitFor(() => sql("SELECT 1 FROM message WHERE queue IN ('rooms_expire', 'forget') AND dead_at IS NULL").length === 0, { what: "it is done" });
}

test("a room is deleted when its time is over, with all that belongs to it", async () => {
  const { room, guest } = await full();
  const others = [await full(), await full()];
  endedBefore(room, KEEP_DAYS + 1);
  endedBefore(others[0].room, KEEP_DAYS - 1);
  assert.ok(left(room).length >= 4 && keys(room).length > 0, `${left(room)} ${keys(room)}`);

  await expire();
  assert.deepEqual([left(room), keys(room)], [[], []]);
  assert.equal((await room.owner.get(room.path)).status, 404);
  assert.ok([401, 404].includes((await guest.get(room.path)).status));
  const list = await room.owner.must(200, "GET", "/api/rooms");
  assert.ok(!JSON.stringify(list).includes(room.id));
  for (const other of others) {
    assert.equal((await other.room.owner.get(other.room.path)).status, 200);
    assert.ok(left(other.room).includes("doc_segment") && keys(other.room).length > 0);
  }
});

test("a room that nobody ended stays, however old it is", async () => {
  const room = await api.room(await api.signup());
  sql(`UPDATE room SET created_at = now() - interval '${KEEP_DAYS + 1} days' WHERE id = ${quote(room.id)}`);
  await expire();
  assert.equal((await room.owner.get(room.path)).status, 200);
});

test("of many rooms all are deleted, a step at a time", async () => {
  const owner = await api.signup();
  const ids = [];
  for (let i = 0; i < 45; i++) ids.push((await owner.must(201, "POST", "/api/rooms", { title: `Room ${i}` })).id);
  sql(`UPDATE room SET ended_at = now() - interval '${KEEP_DAYS + 1} days' WHERE id IN (${ids.map(quote)})`);
  await expire();
  assert.deepEqual(sql(`SELECT id FROM room WHERE id IN (${ids.map(quote)})`), []);
});

test("what is there is not forgotten, whoever says so", async () => {
  const { room } = await full();
  sql(`INSERT INTO message (id, queue, body) VALUES ('lie-${room.id}', 'forget', '{"room":"${room.id}"}')`);
  await waitFor(() => sql(`SELECT 1 FROM message WHERE id = 'lie-${room.id}' AND dead_at IS NOT NULL`).length === 1, { what: "the message is dead" });
  assert.ok(keys(room).length > 0);
  sql(`DELETE FROM message WHERE id = 'lie-${room.id}'`);
});
