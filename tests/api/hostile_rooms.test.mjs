/*
 * hostile_rooms.test.mjs - another room's ids, for every operation that api.yaml has.
 *
 * The matrix is made of api.yaml: an operation with a room, a run or a document in its path is covered as soon
 * as the file has it. Who is no member must not even learn that a room exists: the answer is the same as for an
 * id that nobody has.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as Y from "yjs";
import { waitFor } from "../lib/wait.mjs";
import { api } from "../lib/api.mjs";
import { fill, operations } from "../lib/contract.mjs";
import * as frames from "../lib/frames.mjs";
import { valid } from "../lib/generate.mjs";
import { random, seed } from "../lib/random.mjs";
import { octets } from "../lib/world.mjs";

const ABOUT_ROOMS = operations.filter((op) => op.parameters.some((p) => p.in === "path"));
const DOCUMENTS = ["code", "board", "notes"];

/* Operations whose own check is stricter than x-who: who may call them. */
const STRICTER = { rooms_end: "interviewer", runs_cancel: "editor", runs_input: "editor", runs_get: "member", runs_output: "member", runs_case_results: "member" };
const RANKS = { member: 0, editor: 1, interviewer: 2, owner: 3 };
const ROLES = { observer: 0, candidate: 1, interviewer: 2, owner: 3 };

/* What an ended room still takes. */
const AFTERWARDS = new Set(["rooms_leave", "rooms_end", "rooms_presence", "docs_sync", "signal_send", "runs_cancel"]);

let ann;
let people;
let room;
let run;

/* Something to be read in the room's code. */
const write = (place) => ann.must(204, "POST", `${place.path}/docs/code/updates`, frames.update(frames.type(new Y.Doc(), "x")));

before(async () => {
  ann = await api.signup();
  room = await api.room(ann);
  await write(room);
  run = await api.run(ann, room, "print(1)");
  people = { owner: ann };
  for (const role of ["interviewer", "candidate", "observer"]) people[role] = await api.guest(room, role);
});

after(() => ann.delete(`${room.path}/terminal`));

const connection = () => valid(random(Math.random() * 2 ** 32), { type: "string", pattern: "^[A-Za-z0-9_-]{22}$" });

/* A body that would be taken from somebody who may. */
async function bodyFor(op, person, place) {
  if (op.id === "docs_append") return frames.update(frames.type(new Y.Doc(), "x"));
  if (op.id === "signal_send") {
    const from = connection();
    await person.post(`${place.path}/presence`, { connection: from, state: "here" });
    return { from, to: from, kind: "hello", data: "x" };
  }
  if (op.id === "rooms_update") return { title: "Another" }; /* what interviewers alone may change has a test of its own */
  if (op.id === "rooms_presence") return { connection: connection(), state: "here" };
  if (op.id === "runs_submit") return { language: "python", files: [{ path: "main.py", content: "print(1)" }] };
  return op.body?.schema ? valid(random(seed), op.body.schema) : op.body && octets(op);
}

/* Values with which the operation would work for somebody who may: what it is about is there and in the right state. */
async function ready(op, values) {
  if (op.id === "terminal_input" || op.id === "terminal_resize") await ann.must(202, "POST", `${room.path}/terminal`, { rows: 24, columns: 80 });
  if (op.id !== "runs_input") return values;
  const { id } = await api.run(ann, room, "input()", { interactive: true, wall_ms: 1000 });
  return { ...values, run: id };
}

/* The status of a call or of a handshake, and the reply. */
async function call(op, person, values, body) {
  const path = fill(op, values);
  if (!op.websocket) return person.request(op.method, path, body);
  return person.socket(path).then(
    (socket) => socket.close().then(() => ({ status: 101 })),
    ({ status, raw }) => ({ status, raw, problem: JSON.parse(raw).type, body: JSON.parse(raw) }),
  );
}

/* Where a {document} is asked for, each of them. */
const choices = (op, values) =>
  op.parameters.some((p) => p.name === "document") ? DOCUMENTS.map((document) => ({ ...values, document })) : [values];

const without = ({ request, ...rest }) => rest;

async function strangers() {
  const eve = await api.signup({ name: "Eve" });
  const hers = await api.room(eve);
  const left = await api.signup({ name: "Cas" });
  await api.join(left, room);
  await left.must(204, "POST", `${room.path}/leave`);
  return { "an account of another room": eve, "a guest of another room": await api.guest(hers, "interviewer"), "somebody who left": left };
}

test("who is not in the room learns nothing of it, by no operation", async () => {
  for (const [who, stranger] of Object.entries(await strangers())) {
    for (const op of ABOUT_ROOMS) {
      const body = await bodyFor(op, stranger, room);
      for (const values of choices(op, { room: room.id, run: run.id, path: "main.py" })) {
        const real = await call(op, stranger, values, body);
        const none = await call(op, stranger, { ...values, room: connection(), run: connection() }, body);
        const said = `${op.id} ${values.document ?? ""} by ${who}: ${real.status} ${real.raw}`;
        assert.equal(real.status, 404, said);
        assert.equal(real.problem, "not-found", said);
        assert.deepEqual(without(real.body), without(none.body), `a room that is and one that is not differ: ${said}`);
      }
    }
  }
});

const needs = (op) => RANKS[STRICTER[op.id] ?? op.who];

/* Beyond x-who: notes are for interviewers, and observers do not edit. */
function allowed(op, role, { document }) {
  if (document === "notes" && ROLES[role] < ROLES.interviewer) return false;
  if (op.id === "docs_append" && role === "observer") return false;
  return ROLES[role] >= needs(op);
}

for (const role of Object.keys(ROLES)) {
  test(`${role}: may what api.yaml says and nothing else`, async () => {
    for (const op of ABOUT_ROOMS.filter((op) => !["rooms_leave", "rooms_end"].includes(op.id))) {
      for (const values of choices(op, { room: room.id, run: run.id, path: "main.py" })) {
        const person = people[role];
        if (values.document === "board" || values.document === "notes") {
          if (op.id === "docs_append") continue; /* other roots: tests of documents */
        }
        /* A terminal that somebody closed a moment ago may still be going: then another is opened. And a busy machine has runs
         * of this room that have not ended: then there is no place for one more. */
        const res = await waitFor(async () => {
          const reply = await call(op, person, await ready(op, values), await bodyFor(op, person, room));
          const going = op.id.startsWith("terminal_") && reply.status === 409;
          return !going && reply.status !== 429 && reply;
        }, { within: 180_000, every: 100, what: `${op.id} by ${role} to be neither too early nor too much` });
        const said = `${op.id} ${values.document ?? ""} by ${role}: ${res.status} ${res.raw}`;
        if (allowed(op, role, values)) assert.ok(res.status < 300, said);
        else assert.deepEqual([res.status, res.problem], [403, "denied"], said);
      }
    }
  });
}

test("only owner and interviewer end a room", async () => {
  const place = await api.room(ann);
  for (const role of ["candidate", "observer"]) {
    assert.equal((await (await api.guest(place, role)).post(`${place.path}/end`)).problem, "denied");
  }
  assert.equal((await (await api.guest(place, "interviewer")).post(`${place.path}/end`)).status, 200);
});

test("an ended room can be read and not changed, by anybody", async () => {
  const place = await api.room(ann);
  const own = await api.run(ann, place, "print(1)");
  await write(place);
  const guests = [await api.guest(place, "interviewer"), await api.guest(place, "candidate")];
  const invite = await api.invite(place);
  await ann.must(200, "POST", `${place.path}/end`);

  for (const person of [ann, ...guests]) {
    for (const op of ABOUT_ROOMS.filter((op) => op.id !== "rooms_leave")) {
      const values = { room: place.id, run: own.id, document: "code", path: "main.py" };
      const res = await call(op, person, values, await bodyFor(op, person, place));
      const said = `${op.id}: ${res.status} ${res.raw}`;
      const reads = op.method === "GET" || AFTERWARDS.has(op.id);
      if (reads) assert.ok(res.status < 300 || (op.id !== "rooms_get" && [403, 410].includes(res.status)), said);
      else assert.ok(res.problem === "gone" || res.problem === "denied", said);
      if (person === ann && !reads) assert.equal(res.problem, "gone", said);
    }
  }
  assert.equal((await api.anyone().post("/api/join", { invite, name: "Late" })).status, 410);
});

test("a run is of one room: its idempotency key means nothing in another", async () => {
  const other = await api.room(ann);
  const body = { language: "python", files: [{ path: "main.py", content: "print(1)" }], idempotency_key: "the same" };
  const [first, second] = [await ann.must(202, "POST", `${room.path}/runs`, body), await ann.must(202, "POST", `${other.path}/runs`, body)];
  assert.notEqual(first.id, second.id);
  assert.equal((await ann.must(202, "POST", `${room.path}/runs`, body)).id, first.id);
});

test("a socket of one room hears nothing of another", async () => {
  const other = await api.room(ann);
  const ears = [await ann.socket(`${other.ws}/events`), await ann.socket(`${other.ws}/docs/code`), await ann.socket(`${other.ws}/signal`)];
  const control = await ann.socket(`${room.ws}/events`);
  await ann.must(201, "POST", `${room.path}/chat`, { text: "only here" });
  await ann.must(204, "POST", `${room.path}/docs/code/updates`, frames.update(frames.type(new Y.Doc(), "only here")));
  await control.next((event) => event.type === "chat" && event.message.text === "only here");
  /* Something for the other room, so that what came before it would have been seen. */
  await ann.must(201, "POST", `${other.path}/chat`, { text: "and there" });
  await ears[0].next((event) => event.type === "chat");
  assert.deepEqual(ears[0].messages.filter((event) => event.type === "chat").map((event) => event.message.text), ["and there"]);
  assert.deepEqual([ears[1].messages, ears[2].messages], [[], []]);
  for (const ear of [...ears, control]) await ear.close();
});

test("an invite opens its own room in its own role, whatever is sent with it", async () => {
  const invite = await api.invite(room, "observer");
  const person = api.anyone();
  assert.equal((await person.post("/api/join", { invite, name: "X", role: "owner" })).status, 422);
  assert.equal((await person.post("/api/join", { invite, name: "X", room: room.id })).status, 422);
  const joined = await person.must(201, "POST", "/api/join", { invite, name: "X" });
  assert.equal(joined.participant.role, "observer");
  for (const bent of [invite.slice(0, -1) + (invite.endsWith("A") ? "B" : "A"), invite.toLowerCase(), invite.split("").reverse().join("")]) {
    if (bent !== invite) assert.equal((await api.anyone().post("/api/join", { invite: bent, name: "X" })).status, 404);
  }
});
