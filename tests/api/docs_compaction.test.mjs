/*
 * docs_compaction.test.mjs - a compaction that runs while somebody appends, compacts or reads: made to happen, not hoped for.
 *
 * A compaction reads, stores in one transaction, and trims the stream. A row that a connection of ours has inserted for
 * the same document and not committed holds it up in the middle, where it has read and not stored; rolled back, it lets
 * it go on. A reader takes the stream, then the checkpoint; a lock on the table holds it up between the two.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as Y from "yjs";
import { api, patiently, waitFor } from "../lib/api.mjs";
import { connection, quote, sql } from "../lib/database.mjs";
import * as frames from "../lib/frames.mjs";
import { monitor, redis } from "../lib/redis.mjs";
import { staysCalm } from "../lib/stack.mjs";

staysCalm();

const TAIL_MAX = 512;	/* DOCUMENT_TAIL_MAX of functions/docs/docs.h */
const AT_ONCE = 4;

const log = (room) => `doc:{${room.id}}:code:log`;
const waiting = (room) => Number(redis("XLEN", log(room)));
const ids = (room) => redis("XRANGE", log(room), "-", "+").split("\n").filter((line) => /^\d{13}-\d+$/.test(line));
const segments = (room) => sql(`SELECT first_id, last_id, records FROM doc_segment WHERE room_id = ${quote(room.id)} AND document = 'code'`);
const records = (room) => segments(room).reduce((sum, [, , n]) => sum + Number(n), 0);
const text = async (room) => (await frames.state(room.owner, room)).doc.getText("file:main.py").toString();

async function append(room, word) {
  const update = frames.update(frames.type(new Y.Doc(), word));
  const reply = await patiently(() => room.owner.post(`${room.path}/docs/code/updates`, update));
  assert.equal(reply.status, 204);
}

/* A document with so many entries that the next one has it compacted. */
async function nearlyFull() {
  const room = await api.room(await api.signup());
  for (let made = 0; made < TAIL_MAX - 1; made += AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, TAIL_MAX - 1 - made) }, () => append(room, "x")));
  }
  assert.equal(waiting(room), TAIL_MAX - 1);
  return room;
}

const blockedBy = (pid) => Number(sql(`SELECT count(*) FROM pg_stat_activity WHERE ${pid} = ANY(pg_blocking_pids(pid))`)[0][0]);
const held = (pid, n = 1) => waitFor(() => blockedBy(pid) >= n, { what: `${n} held by connection ${pid}` });

/* Its compaction has read the log and stands before storing; `gate` lets it go on. */
async function compacting() {
  const room = await nearlyFull();
  const gate = await connection();
  await gate.sql(`BEGIN; INSERT INTO doc_checkpoint (room_id, document, log_id, state) VALUES (${quote(room.id)}, 'code', '0', '\\x0000')`);
  await append(room, "y");
  await held(gate.pid);
  return { room, gate };
}

const sorted = (said) => [...said].sort().join("");
const whole = (more) => sorted("x".repeat(TAIL_MAX - 1) + "y" + more);

test("what is appended while a compaction runs stays in the log: it takes away only what it read", async () => {
  const { room, gate } = await compacting();
  const read = ids(room);
  await append(room, "during");
  const [behind] = ids(room).slice(-1);
  await gate.close();
  await waitFor(() => waiting(room) === 1, { what: "the stream's trimming" });
  assert.deepEqual(ids(room), [behind]);
  assert.deepEqual(segments(room), [[read[0], read.at(-1), `${TAIL_MAX}`]]);
  assert.equal(sorted(await text(room)), whole("during"));
});

test("of two compactions at once one counts, and between them nothing is lost or kept twice", async () => {
  const { room, gate } = await compacting();
  redis("DEL", `${log(room)}:checkpoint`);	/* what spares the work of a second one */
  await append(room, "during");
  await held(gate.pid, 2);
  await gate.close();
  await waitFor(() => records(room) > 0 && records(room) + waiting(room) === TAIL_MAX + 1, { what: "one compaction" });
  await append(room, "after");
  assert.equal(sorted(await text(room)), whole("duringafter"));
  assert.equal(segments(room).length, 1);
  assert.equal(records(room) + waiting(room), TAIL_MAX + 2);
});

test("a compaction between a reader's two reads hides nothing", async () => {
  const { room, gate } = await compacting();
  const table = await connection();
  const heard = await monitor(log(room));
  try {
    /* Waits for the compaction, and everybody who comes now waits for it. */
    const locked = table.sql("BEGIN; LOCK TABLE doc_checkpoint IN ACCESS EXCLUSIVE MODE");
    await held(gate.pid, 2);
    const reading = text(room);
    await heard.until("XRANGE");
    await gate.close();
    await locked;
    await waitFor(() => waiting(room) === 0, { what: "the stream's trimming" });
    await table.close();
    assert.equal(sorted(await reading), whole(""));
  } finally {
    await Promise.all([gate.close(), table.close(), heard.end()]);
  }
});
