/*
 * terminal.test.mjs - the room's shared terminal, as the API shows it: who may, how much, and when. What a shell makes of
 * it is the runner's business: tests/runner/terminal.test.mjs.
 */
import assert from "node:assert/strict";
import { afterEach, before, test } from "node:test";
import { api, waitFor } from "../lib/api.mjs";

let ann;
let room;

before(async () => (ann = await api.signup({ name: "Ann" })));
/* A runner has few seats. */
afterEach(() => ann.delete(`${room.path}/terminal`));

const newRoom = async () => (room = await api.room(ann));

const open = (person, room, more = {}) => person.post(`${room.path}/terminal`, { rows: 24, columns: 80, ...more });
const type = (person, room, data) => person.post(`${room.path}/terminal/input`, { data });

test("a room has no terminal until somebody opens it, and one however many do at once", async () => {
  await newRoom();
  assert.deepEqual((await ann.get(`${room.path}/terminal`)).body, { chunks: [] });
  const bob = await api.guest(room, "candidate", { name: "Bob" });
  const all = await Promise.all([ann, bob, ann, bob].map((person) => open(person, room)));
  assert.deepEqual(all.map((res) => [res.status, res.body.id]), all.map(() => [202, all[0].body.id]));
  const { terminal } = (await bob.get(`${room.path}/terminal`)).body;
  assert.deepEqual([terminal.language, terminal.rows, terminal.columns, terminal.room], ["python", 24, 80, room.id]);
});

test("whoever may write may open, type, resize and close; observers see; others learn nothing", async () => {
  await newRoom();
  const eve = await api.guest(room, "observer");
  const bob = await api.guest(room, "candidate");
  assert.equal((await open(eve, room)).problem, "denied");
  assert.equal((await open(bob, room)).status, 202);
  const calls = [["POST", "/input", { data: "x" }, 204], ["POST", "/resize", { rows: 30, columns: 90 }, 204], ["DELETE", "", undefined, 204]];
  assert.equal((await eve.get(`${room.path}/terminal`)).status, 200);
  await (await eve.socket(`${room.ws}/terminal`)).close();
  const elsewhere = await api.room(ann);
  const strangers = [await api.signup(), await api.guest(elsewhere, "interviewer")];
  for (const [method, path, body, status] of calls) {
    assert.equal((await eve.request(method, `${room.path}/terminal${path}`, body)).problem, "denied");
    for (const stranger of strangers) assert.equal((await stranger.request(method, `${room.path}/terminal${path}`, body)).status, 404);
    assert.equal((await bob.request(method, `${room.path}/terminal${path}`, body)).status, status);
  }
  for (const stranger of strangers) {
    assert.equal((await stranger.get(`${room.path}/terminal`)).status, 404);
    await assert.rejects(stranger.socket(`${room.ws}/terminal`), ({ status }) => status === 404);
  }
});

test("without an open terminal nothing is typed, and closing is no error", async () => {
  await newRoom();
  assert.deepEqual([(await type(ann, room, "x")).status, (await type(ann, room, "x")).problem], [409, "conflict"]);
  assert.equal((await ann.post(`${room.path}/terminal/resize`, { rows: 24, columns: 80 })).problem, "conflict");
  assert.equal((await ann.delete(`${room.path}/terminal`)).status, 204);
});

test("sizes and input are bounded", async () => {
  await newRoom();
  for (const [pointer, more] of Object.entries({ "/rows": { rows: 1 }, "/columns": { columns: 401 }, "/files/0/path": { files: [{ path: "../x", content: "" }] } })) {
    const res = await open(ann, room, more);
    assert.deepEqual([res.status, res.errors[0].pointer], [422, pointer]);
  }
  await open(ann, room);
  for (const data of ["", "x".repeat(4097), "\u0000"]) assert.equal((await type(ann, room, data)).status, 422);
});

test("what the shell does not read is bounded, and whoever types is told", async () => {
  await newRoom();
  const ear = await ann.socket(`${room.ws}/events`);
  await open(ann, room);
  await ear.next((e) => e.type === "terminal" && e.terminal.status === "running", { within: 120_000 });
  /* Not before the terminal takes what comes as it is: of a line it throws away what is too long. */
  await type(ann, room, "stty raw -echo; echo rea''dy; sleep 1000\r");
  await waitFor(async () => {
    const { chunks } = (await ann.get(`${room.path}/terminal`)).body;
    return chunks.filter((c) => c.kind === "output").map((c) => c.data).join("").includes("ready");
  }, { what: "the terminal to be raw" });
  let res;
  for (let i = 0; i < 200 && (res = await type(ann, room, "y".repeat(4096))).status === 204; i++);
  assert.deepEqual([res.status, res.problem], [429, "limit"]);
  await ear.close();
});

test("keys that people type in turn arrive in that order", async () => {
  await newRoom();
  const bob = await api.guest(room, "candidate");
  await open(ann, room);
  const sent = [];
  for (let i = 0; i < 40; i++) {
    await (i % 2 ? bob : ann).must(204, "POST", `${room.path}/terminal/input`, { data: `${i},` });
    sent.push(`${i},`);
  }
  await waitFor(async () => {
    const { chunks } = (await ann.get(`${room.path}/terminal`)).body;
    const typed = chunks.filter((c) => c.kind === "input");
    if (typed.length < sent.length) return false;
    assert.deepEqual(typed.map((c) => c.data), sent);
    return assert.deepEqual(chunks.map((c) => c.seq), chunks.map((_, i) => i + 1)) ?? true;
  }, { within: 120_000, what: "all of it to be taken" });
});
