/*
 * triggers.test.mjs - queues and schedules in the whole stack: checkpoints and cleaning up come by themselves, and nobody
 * outside can call what does it.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import * as Y from "yjs";
import { api, waitFor } from "../lib/api.mjs";
import { quote, sql } from "../lib/database.mjs";
import * as frames from "../lib/frames.mjs";
import { document } from "../lib/contract.mjs";
import { send } from "../lib/http.mjs";

const checkpoints = (room) => sql(`SELECT document FROM doc_checkpoint WHERE room_id = ${quote(room.id)}`).flat();

async function write(room, doc, times) {
  for (let i = 0; i < times; i++) {
    const res = await room.owner.post(`${room.path}/docs/code/updates`, frames.update(frames.type(doc, `${i} `)));
    assert.equal(res.status, 204);
  }
}

test("a document that has grown long gets its checkpoint by a message", async () => {
  const room = await api.room(await api.signup());
  const doc = new Y.Doc();
  await write(room, doc, 520);
  await waitFor(() => checkpoints(room).includes("code"), { what: "the checkpoint" });
  await write(room, doc, 3);
  assert.equal((await frames.state(room.owner, room)).doc.getText("file:main.py").toString(), doc.getText("file:main.py").toString());
});

test("when an interview ends, what was written moves to the database", async () => {
  const room = await api.room(await api.signup());
  const doc = new Y.Doc();
  await write(room, doc, 3);
  assert.deepEqual(checkpoints(room), []);
  assert.equal((await room.owner.post(`${room.path}/end`)).status, 200);
  await waitFor(() => checkpoints(room).includes("code"), { what: "the checkpoint" });
  assert.equal((await frames.state(room.owner, room)).doc.getText("file:main.py").toString(), "0 1 2 ");
  await waitFor(() => sql(`SELECT 1 FROM message WHERE body LIKE '%${room.id}%'`).length === 0, { what: "no message is left" });
});

test("schedules of api.yaml are known, and sessions that expired are removed", async () => {
  const ann = await api.signup();
  const id = randomBytes(16).toString("base64url");
  sql(`INSERT INTO session (id, account_id, token_hash, expires_at) VALUES (${quote(id)}, ${quote(ann.user.id)}, ${quote(id)}, now() - interval '1 s')`);
  const names = Object.keys(document.webhooks).filter((name) => document.webhooks[name].post["x-trigger"].schedule);
  assert.ok(names.includes("auth_cleanup"));
  /* One whose time has just come is not ahead until a dispatcher has seen it. */
  const ahead = () => sql("SELECT name FROM schedule WHERE next_at > now() ORDER BY name").flat().filter((name) => names.includes(name));
  await waitFor(() => assert.deepEqual(ahead(), names.sort()) ?? true, { what: "the next time of each" });
  sql("UPDATE schedule SET next_at = now() WHERE name = 'auth_cleanup'");
  await waitFor(() => sql(`SELECT 1 FROM session WHERE id = ${quote(id)}`).length === 0, { what: "the session is gone" });
  assert.equal((await ann.get("/api/me")).status, 200, "one that has not expired is not");
});

test("every schedule's handler does its work", async () => {
  for (const [id, { post }] of Object.entries(document.webhooks)) {
    if (!post["x-trigger"].schedule) continue;
    sql(`UPDATE schedule SET next_at = now() WHERE name = ${quote(id)}`);
    await waitFor(() => sql(`SELECT 1 FROM schedule WHERE name = ${quote(id)} AND next_at > now()`).length === 1, { what: `${id} fires` });
    await waitFor(() => sql(`SELECT 1 FROM message WHERE queue = ${quote(id)}`).length === 0, { what: `${id} is done` });
  }
});

test("no request reaches a handler, whatever it says it is", async () => {
  for (const [id, { post }] of Object.entries(document.webhooks)) {
    const queue = post["x-trigger"].queue ?? id;
    for (const path of [`/${id}`, `/${queue}`, `/api/${id}`, `/api/${queue}`, `/webhooks/${id}`, `/api/webhooks/${id}`, "/api/health", "/api/me"]) {
      for (const method of ["POST", "TRIGGER"]) {
        const headers = { trigger: id, "x-trigger": id, "message-id": "x", "message_id": "x", "message-attempt": "1", "content-type": "application/json" };
        const { status } = await send({ method, path, headers, body: Buffer.from("{}") });
        assert.ok([400, 401, 404, 405].includes(status), `${method} ${path}: ${status}`);
      }
    }
  }
});
