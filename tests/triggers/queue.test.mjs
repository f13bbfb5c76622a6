/*
 * queue.test.mjs - messages: handled at least once, whatever is killed; never where their sender rolled back.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ask } from "../lib/fastcgi.mjs";
import { waitFor } from "../lib/wait.mjs";
import { World } from "./world.mjs";

let world;
let dispatcher;

before(async () => {
  world = await World.make();
  dispatcher = world.dispatch();
});
after(() => world.end());

/* It may take a while until what the dispatcher wrote is read here. */
const says = (pattern) => waitFor(() => pattern.test(dispatcher.said), { what: `the dispatcher to say ${pattern}` });

test("a message is handled, once, and then forgotten", async () => {
  await world.send({ name: "plain" });
  await world.isDone("plain");
  assert.deepEqual(world.seen("plain"), [1]);
});

test("what is sent in a transaction that is rolled back was never sent", async () => {
  await world.send({ name: "never" }, { commit: false });
  await world.send({ name: "after it" });
  await world.isDone("after it");
  assert.deepEqual(world.seen("never"), []);
  assert.equal(world.message("never"), undefined);
  assert.equal(world.sql("SELECT 1 FROM probe_order WHERE name = 'never'").length, 0);
});

test("a handler that fails twice is asked a third time, later each time", async () => {
  await world.send({ name: "third", how: "fail", times: 2 });
  await world.isDone("third");
  for (const n of [1, 2]) await says(new RegExp(`attempt ${n}: 500: third did not work; again in \\d+ ms`));
  assert.deepEqual(world.seen("third"), [1, 2, 3]);
});

test("a message that always fails ends dead, with its reason", async () => {
  await world.send({ name: "hopeless", how: "fail", times: 100 });
  await waitFor(() => world.message("hopeless")?.dead, { what: "it is dead", within: 60_000 });
  const { failures, attempt, reason } = world.message("hopeless");
  assert.deepEqual({ failures, attempt }, { failures: 3, attempt: 3 });
  assert.match(reason, /hopeless did not work/);
  await says(/message \S+ is dead after 3 attempts: 500: hopeless did not work/);
  assert.equal(world.done("hopeless"), 0);
});

test("a message that no handler can read is dead at once", async () => {
  world.sql(`INSERT INTO message (id, queue, body) VALUES ('poison', 'probe', '{"name":"poison","how":"well"}')`);
  await waitFor(() => world.message("poison").dead, { what: "it is dead" });
  const { attempt, reason } = world.message("poison");
  assert.equal(attempt, 1);
  assert.match(reason, /422 at \/times/);
  assert.deepEqual(world.seen("poison"), []);
});

test("a message rests for as long as its queue says, and only at first", async () => {
  const [[sent]] = world.sql(`INSERT INTO message (id, queue, body) VALUES ('rested', 'probe_later', '{"name":"rested","how":"busy","times":1}')
    RETURNING extract(epoch FROM created_at)`);
  await world.isDone("rested");
  const seen = world.sql("SELECT extract(epoch FROM at) FROM probe_seen WHERE name = 'rested' ORDER BY attempt").map(([at]) => at - sent);
  assert.equal(seen.length, 2);
  assert.ok(seen[0] >= 3, `it was handled after ${seen[0]} s`);
});

test("a service that is away costs attempts, not the message", async () => {
  await world.send({ name: "patient", how: "busy", times: 4 });
  await world.isDone("patient");
  assert.deepEqual(world.seen("patient"), [1, 2, 3, 4, 5], "more than it may fail");
});

test("a handler that dies is asked again", async () => {
  await world.send({ name: "mortal", how: "die", times: 1 });
  await world.isDone("mortal");
  await says(/attempt 1: (probe ended without an answer|50\d)/);
  assert.deepEqual(world.seen("mortal"), [1, 2]);
});

test("a function that is killed in the middle of it is asked again, and its effect is there once", async () => {
  await world.send({ name: "struck", how: "wait", times: 1 });
  await world.isSeen("struck", 1);
  world.killFunction("probe");
  await world.isDone("struck");
  const [first, ...again] = world.seen("struck");
  assert.deepEqual([first, again.length], [1, 1], "once more; attempts that found no function yet are not seen");
});

test("a dispatcher that is killed in the middle of it: the next one delivers again, and the effect is there once", async () => {
  await world.send({ name: "interrupted", how: "wait", times: 1 });
  await world.isSeen("interrupted", 1);
  dispatcher.kill("SIGKILL");
  await dispatcher.gone;
  await world.send({ name: "not heard" });
  world.go("interrupted");
  dispatcher = world.dispatch();
  for (const name of ["interrupted", "not heard"]) await world.isDone(name);
  assert.deepEqual(world.seen("interrupted"), [1, 2], "it was delivered again");
});

test("what a dispatcher of another name had comes back when its lease ends", async () => {
  world.sql(`INSERT INTO message (id, queue, body, attempt, holder, due_at)
    VALUES ('left', 'probe', '{"name":"left behind","how":"well","times":0}', 1, 'a dead one', now() + interval '2 s')`);
  await world.isDone("left behind");
  assert.deepEqual(world.seen("left behind"), [2]);
});

test("what was taken while the clock was a year ahead does not wait for that year", async () => {
  world.sql(`INSERT INTO message (id, queue, body, attempt, holder, due_at)
    VALUES ('ahead', 'probe', '{"name":"from ahead","how":"well","times":0}', 1, 'a dead one', now() + interval '1 year')`);
  dispatcher.kill("SIGTERM"); /* it is looked for each hour, and by who starts */
  await dispatcher.gone;
  dispatcher = world.dispatch();
  await world.isDone("from ahead");
});

test("one that was taken for dead changes nothing any more", async () => {
  await world.send({ name: "fenced", how: "wait", times: 1 });
  await world.isSeen("fenced", 1);
  world.sql(`UPDATE message SET attempt = attempt + 1 WHERE body LIKE '%"fenced"%'`);
  world.go("fenced");
  await says(/was given to somebody else meanwhile/);
  assert.equal(world.message("fenced").attempt, 2, "the message is still there");
  world.sql(`DELETE FROM message WHERE body LIKE '%"fenced"%'`);
});

test("equal messages wait as one, where the queue is declared so", async () => {
  dispatcher.kill("SIGTERM");
  assert.equal(await dispatcher.gone, 0);
  for (let i = 0; i < 3; i++) await world.send({ name: "same" }, { same: true });
  await world.send({ name: "other" }, { same: true });
  assert.equal(world.sql("SELECT 1 FROM message WHERE queue = 'probe_once'").length, 2);
  dispatcher = world.dispatch();
  await world.isDone("same");
  await world.isDone("other");
  await world.send({ name: "same" }, { same: true });
  await waitFor(() => world.seen("same").length === 2, { what: "what is sent afterwards is another message" });
});

test("two dispatchers deliver each message once", async () => {
  const other = world.dispatch("two");
  await Promise.all(Array.from({ length: 40 }, (_, i) => world.send({ name: `shared ${i}` })));
  await waitFor(() => world.sql("SELECT 1 FROM probe_done WHERE name LIKE 'shared %'").length === 40, { what: "all are done" });
  assert.equal(world.sql("SELECT 1 FROM probe_seen WHERE name LIKE 'shared %'").length, 40);
  other.kill("SIGTERM");
  assert.equal(await other.gone, 0);
});

test("without Redis messages are handled all the same", async () => {
  world.redis.kill("SIGKILL");
  await world.redis.gone;
  await world.send({ name: "unheard" });
  await world.isDone("unheard");
  await world.startRedis();
  await world.send({ name: "heard" });
  await world.isDone("heard");
});

test("without PostgreSQL nothing is lost", async () => {
  await world.send({ name: "kept", how: "wait", times: 1 });
  await world.isSeen("kept", 1);
  world.postgres.kill("SIGQUIT");
  await world.postgres.gone;
  const complaints = () => dispatcher.said.match(/"level":"warn"[^\n]*: postgresql: /g)?.length ?? 0;
  const before = complaints();
  await waitFor(() => complaints() >= before + 2, { what: "the dispatcher says so, and again while it goes on" });
  await world.startPostgres();
  world.go("kept");
  await world.isDone("kept");
});

test("only who may send to a queue can, and nobody but the dispatcher sees messages", () => {
  const as = (user, statement) => assert.throws(() => world.sql(statement, "viva", user), /permission denied|may not send/, `${user}: ${statement}`);
  as("viva_auth", "SELECT message_send('x', 'probe', '{}', false, NULL)");
  as("viva_docs", "SELECT message_send('x', 'probe', '{}', false, NULL)");
  as("viva_probe", "SELECT message_send('x', 'checkpoint', '{}', false, NULL)");
  for (const table of ["message", "schedule", "queue_sender"]) as("viva_probe", `SELECT * FROM ${table}`);
  as("viva_dispatch", "INSERT INTO queue_sender VALUES ('probe', 'viva_dispatch')");
});

test("no path leads to a handler, and none that another function has is found", async () => {
  const params = { REQUEST_METHOD: "POST", HTTP_HOST: "localhost", REMOTE_ADDR: "127.0.0.1", CONTENT_LENGTH: 0 };
  for (const uri of ["/probe_take", "/probe", "/probe_tick", "/webhooks/probe_tick"])
    assert.equal((await ask(world.socket("probe"), { ...params, REQUEST_URI: uri, HTTP_TRIGGER: "probe_tick" })).status, 404);
  const reply = await ask(world.socket("probe"), { ...params, REQUEST_URI: "/", TRIGGER: "auth_cleanup", MESSAGE_ID: "x", MESSAGE_ATTEMPT: 1 });
  assert.equal(reply.status, 404);
});
