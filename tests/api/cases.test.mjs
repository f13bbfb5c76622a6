/*
 * cases.test.mjs - a room's test cases: who writes them, who sees what of them; asking for test runs. What the runner
 * makes of them: tests/runner.
 */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { api } from "../lib/api.mjs";

const SECRET = "squeamish ossifrage";
const OPEN = { name: "Small", input: "1 2\n", expected: "3\n" };
const HIDDEN = { name: "Large", input: `${SECRET} in\n`, expected: `${SECRET} out\n`, hidden: true };

let ann;

before(async () => (ann = await api.signup({ name: "Ann" })));

const put = (person, room, cases) => person.put(`${room.path}/cases`, { cases });

test("interviewers write a room's test cases and see all of them", async () => {
  const room = await api.room(ann);
  assert.deepEqual((await ann.get(`${room.path}/cases`)).body, { cases: [] });
  const res = await put(ann, room, [OPEN, HIDDEN]);
  const all = [{ number: 1, hidden: false, ...OPEN }, { number: 2, ...HIDDEN }];
  assert.deepEqual([res.status, res.body.cases], [200, all]);
  const ivy = await api.guest(room, "interviewer");
  assert.deepEqual((await ivy.get(`${room.path}/cases`)).body.cases, all);
  assert.deepEqual((await put(ivy, room, [HIDDEN])).body.cases, [{ number: 1, ...HIDDEN }], "fewer, in another order");
  assert.deepEqual((await put(ivy, room, [])).body.cases, []);
});

test("others see the visible ones, and of hidden ones that they are there", async () => {
  const room = await api.room(ann);
  await put(ann, room, [HIDDEN, OPEN]);
  for (const role of ["candidate", "observer"]) {
    const res = await (await api.guest(room, role)).get(`${room.path}/cases`);
    assert.deepEqual(res.body.cases, [{ number: 1, name: "Large", hidden: true }, { number: 2, hidden: false, ...OPEN }]);
    assert.ok(!res.raw.includes(SECRET));
  }
});

test("only interviewers write them; who is not in the room does not see them", async () => {
  const [room, other] = [await api.room(ann), await api.room(ann)];
  for (const role of ["candidate", "observer"]) assert.equal((await put(await api.guest(room, role), room, [OPEN])).problem, "denied");
  for (const person of [await api.signup(), await api.guest(other, "interviewer")]) {
    assert.equal((await person.get(`${room.path}/cases`)).status, 404);
    assert.equal((await put(person, room, [OPEN])).status, 404);
  }
  assert.equal((await api.anyone().get(`${room.path}/cases`)).problem, "unauthenticated");
  assert.deepEqual((await ann.get(`${room.path}/cases`)).body.cases, []);
});

test("the room hears that they changed, and nothing of what is in them", async () => {
  const room = await api.room(ann);
  const ear = await (await api.guest(room)).socket(`${room.ws}/events`);
  await put(ann, room, [OPEN, HIDDEN]);
  assert.deepEqual(await ear.next((e) => e.type === "cases"), { type: "cases", total: 2 });
  assert.ok(!JSON.stringify(ear.messages).includes(SECRET));
  await ear.close();
});

test("two who save at once leave one whole set", async () => {
  const room = await api.room(ann);
  const sets = Array.from({ length: 8 }, (_, i) => Array.from({ length: i % 2 ? 3 : 20 }, () => ({ input: `${i}`, expected: `${i}` })));
  const all = await Promise.all(sets.map((set) => put(ann, room, set)));
  assert.deepEqual(all.map((res) => res.status), sets.map(() => 200));
  const { cases } = (await ann.get(`${room.path}/cases`)).body;
  const writer = Number(cases[0].input);
  assert.deepEqual(cases.map((c) => c.input), sets[writer].map(() => `${writer}`));
});

test("an ended room keeps its cases as they are", async () => {
  const room = await api.room(ann);
  await put(ann, room, [OPEN]);
  await ann.must(200, "POST", `${room.path}/end`);
  assert.equal((await put(ann, room, [])).problem, "gone");
  assert.equal((await ann.get(`${room.path}/cases`)).body.cases.length, 1);
});

const REFUSED = {
  "/cases": { "21 of them": Array(21).fill(OPEN), "300 kB": Array(5).fill({ input: "x".repeat(60000), expected: "" }) },
  "/cases/1/input": { "70 kB": [OPEN, { ...OPEN, input: "x".repeat(70000) }], missing: [OPEN, { expected: "" }], NUL: [OPEN, { input: "\0", expected: "" }] },
  "/cases/0/expected": { missing: [{ input: "" }], "70 kB": [{ input: "", expected: "x".repeat(70000) }] },
  "/cases/0/name": { "two lines": [{ ...OPEN, name: "a\nb" }], "too long": [{ ...OPEN, name: "x".repeat(81) }] },
  "/cases/0/hidden": { "a word": [{ ...OPEN, hidden: "yes" }] },
};
for (const [pointer, bodies] of Object.entries(REFUSED)) {
  for (const [what, cases] of Object.entries(bodies)) {
    test(`cases are refused at ${pointer}: ${what}`, async () => {
      const room = await api.room(ann);
      await put(ann, room, [OPEN]);
      const res = await put(ann, room, cases);
      assert.deepEqual([res.status, res.errors[0].pointer], [422, pointer]);
      assert.equal((await ann.get(`${room.path}/cases`)).body.cases.length, 1, "and nothing has changed");
    });
  }
}

const submit = (person, room, more) => person.post(`${room.path}/runs`, { language: "python", files: [{ path: "main.py", content: "print(3)" }], ...more });

test("a test run carries cases, or takes the room's", async () => {
  const room = await api.room(ann);
  const bob = await api.guest(room);
  const own = await submit(bob, room, { cases: [OPEN] });
  assert.deepEqual([own.status, own.body.cases], [202, { total: 1, decided: 0, passed: 0 }]);
  await put(ann, room, [OPEN, HIDDEN]);
  const rooms = await submit(bob, room, { test: true });
  assert.equal(rooms.body.cases.total, 2);
  const seen = (await bob.get(`/api/runs/${rooms.body.id}/cases`)).body.cases;
  assert.deepEqual([seen[0].input, seen[0].expected, seen[1].input, seen[1].expected], ["1 2\n", "3\n", undefined, undefined]);
  const plain = await submit(bob, room, {});
  assert.equal(plain.body.cases, undefined);
  assert.deepEqual((await bob.get(`/api/runs/${plain.body.id}/cases`)).body, { cases: [] });
});

test("what is no test run is refused at its field", async () => {
  const room = await api.room(ann);
  const refused = async (pointer, more, person = ann) => {
    const res = await submit(person, room, more);
    assert.deepEqual([res.status, res.errors?.[0].pointer], [422, pointer], JSON.stringify(more).slice(0, 200));
  };
  await refused("/test", { test: true });
  await put(ann, room, [OPEN]);
  await refused("/test", { test: true, cases: [OPEN] });
  await refused("/input", { test: true, input: "1" });
  await refused("/interactive", { test: true, interactive: true });
  await refused("/cases", { cases: Array(21).fill(OPEN) });
  await refused("/cases", { cases: Array(5).fill({ input: "x".repeat(60000), expected: "" }) });
  await refused("/cases/1/hidden", { cases: [OPEN, HIDDEN] }, await api.guest(room));
  assert.equal((await submit(await api.guest(room, "interviewer"), room, { cases: [OPEN, HIDDEN] })).status, 202);
  assert.equal((await submit(await api.guest(room, "observer"), room, { test: true })).problem, "denied");
  assert.equal((await ann.get(`${room.path}/runs`)).body.runs.length, 1, "what was refused left nothing");
});

test("a test run's cases are shown to its room and to nobody else", async () => {
  const [room, other] = [await api.room(ann), await api.room(ann)];
  const { body: run } = await submit(ann, room, { cases: [OPEN] });
  for (const person of [await api.signup(), await api.guest(other, "interviewer")]) {
    assert.equal((await person.get(`/api/runs/${run.id}/cases`)).status, 404);
  }
  assert.equal((await api.anyone().get(`/api/runs/${run.id}/cases`)).problem, "unauthenticated");
});
