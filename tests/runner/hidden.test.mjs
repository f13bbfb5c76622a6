/*
 * hidden.test.mjs - what a hidden test case reads, expects and makes a program print reaches nobody but
 * interviewers, whatever the program does with it.
 */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { api } from "../lib/api.mjs";
import { readLogs } from "../lib/stack.mjs";
import { ended } from "./sandbox.mjs";

/* In no log of this machine by chance, nor split by what a program does with its line. */
const SECRET = `kestrel${Math.random().toString(36).slice(2)}`;
const INPUT = `${SECRET}in`;
const EXPECTED = `${SECRET}out`;

/* Everything a program may do with what it reads. */
const PROGRAMS = {
  "prints it": "print(input())",
  "prints it to stderr": "import sys; print(input(), file=sys.stderr)",
  "raises it": "raise SystemExit(input())",
  "is told it in a traceback": "s = input()\nraise ValueError(s)",
  "exits with a letter of it": "import sys; sys.exit(ord(input()[0]))",
  "dies by a signal after it": "import os\nprint(input(), flush=True); os.abort()",
  "prints too much of it": "s = input()\nwhile True: print(s)",
  "prints it and never ends": "print(input(), flush=True)\nwhile True: pass",
  "takes memory after it": "print(input(), flush=True)\nx = b'x' * (600 << 20)",
  "runs a program of that name": "import os; s = input(); os.execvp(s, [s])",
  "writes it where the next case might look": `
import os
s = input()
for d in ('/w', '/tmp', '/dev/shm'):
    for n in os.listdir(d): print(n)
    open(d + '/' + s, 'w').write(s)
`,
};

let ann;
let room;
let bob;

before(async () => {
  ann = await api.signup({ name: "Ann" });
  room = await api.room(ann);
  bob = await api.guest(room, "candidate", { name: "Bob" });
  await ann.put(`${room.path}/cases`, {
    cases: [{ input: "visible", expected: "visible" }, { name: "last one", input: INPUT, expected: EXPECTED, hidden: true }],
  });
});

/* All that the API answers to somebody about a run and its room, as one text. */
async function everythingTold(person, run) {
  const paths = ["", "/output", "/cases"].map((part) => `/api/runs/${run.id}${part}`);
  const replies = await Promise.all([...paths, room.path, `${room.path}/cases`, `${room.path}/runs`, `${room.path}/chat`].map((path) => person.get(path)));
  return replies.map((res) => JSON.stringify(res.headers) + res.raw.toString("utf8")).join("\n");
}

for (const [what, content] of Object.entries(PROGRAMS)) {
  test(`a program that ${what} tells a candidate nothing`, async () => {
    const eve = await api.guest(room, "observer");
    const ears = await Promise.all([bob, eve, ann].map((person) => person.socket(`${room.ws}/events`)));
    const run = await bob.must(202, "POST", `${room.path}/runs`, {
      language: "python", files: [{ path: "main.py", content }], test: true, wall_ms: 4000,
    });
    for (const ear of ears) await ear.next((e) => e.type === "run" && e.run.id === run.id && e.run.ended_at, { within: 180_000 });
    for (const ear of ears) assert.ok(!JSON.stringify(ear.messages).includes(SECRET), "a channel of the room");
    for (const person of [bob, eve]) assert.ok(!(await everythingTold(person, run)).includes(SECRET), "an answer");
    const seen = (await bob.get(`/api/runs/${run.id}/cases`)).body.cases[1];
    const { status } = seen.verdict;
    assert.deepEqual(seen, { verdict: { number: 2, name: "last one", hidden: true, status } });
    const all = (await ann.get(`/api/runs/${run.id}/cases`)).body.cases;
    assert.deepEqual([all[1].input, all[1].expected], [INPUT, EXPECTED], "interviewers see it");
    const end = await ended(bob, run);
    assert.deepEqual([end.exit_code, end.signal], [undefined, undefined]);
    assert.equal(end.wall_ms, all[0].verdict.wall_ms, "the run's time is that of its visible cases");
    for (const ear of ears) await ear.close();
  });
}

test("an interviewer sees what a hidden case printed", async () => {
  const run = await bob.must(202, "POST", `${room.path}/runs`, {
    language: "python", files: [{ path: "main.py", content: "print(input())" }], test: true,
  });
  const end = await ended(bob, run);
  assert.deepEqual([end.status, end.cases], ["wrong_answer", { total: 2, decided: 2, passed: 1 }]);
  const [, hidden] = (await ann.get(`/api/runs/${run.id}/cases`)).body.cases;
  assert.deepEqual([hidden.output, hidden.verdict.status, hidden.verdict.exit_code], [`${INPUT}\n`, "wrong_answer", 0]);
});

test("runs keep the cases they were asked with", async () => {
  const other = await api.room(ann);
  const cas = await api.guest(other);
  const put = (cases) => ann.put(`${other.path}/cases`, { cases });
  await put([{ input: INPUT, expected: INPUT, hidden: true }]);
  const run = await cas.must(202, "POST", `${other.path}/runs`, { language: "python", files: [{ path: "main.py", content: "print(input())" }], test: true });
  await put([{ input: "x", expected: "y" }]);
  assert.equal((await ended(cas, run)).status, "ok");
  const [seen] = (await cas.get(`/api/runs/${run.id}/cases`)).body.cases;
  assert.deepEqual(seen.verdict, { number: 1, hidden: true, status: "ok" }, "still hidden");
});

test("no log of the stack has it", () => {
  const logs = readLogs();
  assert.ok(logs.some(({ file }) => /runner/.test(file)));
  for (const { file, data } of logs) assert.ok(!data.includes(SECRET), file);
});
