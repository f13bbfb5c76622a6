/*
 * kill.test.mjs - each part is killed with -9 in the middle of editing and running.
 *
 * Two rooms live through all of it. In one, people edit with the app's provider and must be level afterwards,
 * by themselves. In the other, people write by hand and others listen (witness.mjs): what was answered or seen
 * must be on the server in the end, though nobody sends it again. All the while runs are submitted: each reaches
 * one terminal state. CHAOS_SECONDS (60) is the least that it lasts.
 */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { api, waitFor } from "../lib/api.mjs";
import * as frames from "../lib/frames.mjs";
import { edit, level } from "../yjs/client.mjs";
import { typeFor } from "../yjs/people.mjs";
import { isTerminal, Runs } from "./runs.mjs";
import { again, kill, victims } from "./victims.mjs";
import { lacking, Listener, Typist, updatesIn } from "./witness.mjs";

const LEAST_MS = Number(process.env.CHAOS_SECONDS ?? 60) * 1000;
const EACH_MS = LEAST_MS / Object.keys(victims).length;

const began = performance.now();
let people;
let hand;
let editors;
let typists;
let listeners;
let events;
let runs;
let typing = true;
let typed;
let late;

/* Editors that go on typing until told to stop. */
async function keepTyping(editor, seed) {
  let edits = 0;
  for (let n = 0; typing; n++) edits += await typeFor(editor, 500, { seed: seed * 1000 + n, gap: 80 });
  return edits;
}

before(async () => {
  const owner = await api.signup();
  people = await api.room(owner);
  hand = await api.room(owner);
  const guests = await Promise.all([1, 2, 3].map(() => api.guest(people)));
  editors = await Promise.all([owner, ...guests].map((person) => edit(person, people)));
  late = await api.guest(people);
  typed = Promise.all(editors.map((editor, i) => keepTyping(editor, i + 1)));

  const writers = await Promise.all([1, 2, 3].map(() => api.guest(hand)));
  typists = writers.map((person) => new Typist(person, hand));
  const ears = await Promise.all([1, 2].map(() => api.guest(hand, "observer")));
  listeners = ears.map((person) => new Listener(person, `${hand.ws}/docs/code`));
  events = new Listener(ears[0], `${hand.ws}/events`);
  runs = new Runs([owner, ...writers], hand);
});

/* Everything works again: an edit by each provider is durable, one by hand is answered, a run ends. */
async function worksAgain() {
  const writes = typists.map((typist) => typist.answered.length);
  const run = await runs.submit();
  for (const editor of editors) editor.text("again.py").insert(0, "x");
  await Promise.all(editors.map((editor) => editor.whenSaved()));
  await waitFor(() => typists.every((typist, i) => typist.answered.length > writes[i] + 1), {
    within: 60_000,
    what: "edits by hand to be answered",
  });
  await runs.finished(run, 120_000);
}

test("before anything is killed, all of it works", { timeout: 180_000 }, worksAgain);

for (const [i, name] of Object.keys(victims).entries()) {
  test(`${name} killed: everything works again by itself`, { timeout: 300_000 }, async () => {
    const dead = kill(name);
    await again(name, dead);
    await worksAgain();
    await waitFor(() => performance.now() - began > EACH_MS * (i + 1), { within: EACH_MS * (i + 2), what: "the next one's turn" });
  });
}

test("people with the app's provider end with equal documents, and the server has the same", { timeout: 120_000 }, async () => {
  typing = false;
  const edits = (await typed).reduce((sum, n) => sum + n, 0);
  const content = await level(editors, { within: 60_000 });
  const joiner = await edit(late, people);
  editors.push(joiner);
  assert.deepEqual(joiner.content, content);
  assert.ok(edits > 100, `${edits} edits were made`);
});

test("no edit that was answered is missing, none that anyone saw", { timeout: 120_000 }, async () => {
  await Promise.all(typists.map((typist) => typist.stop()));
  const seen = updatesIn((await Promise.all(listeners.map((listener) => listener.stop()))).flat());
  const answered = typists.flatMap((typist) => typist.answered);
  assert.ok(answered.length > 100, `${answered.length} edits were answered`);
  assert.ok(seen.length > 100, `${seen.length} updates were seen`);
  assert.ok(listeners.every((listener) => listener.connections > 1), "listeners came back");

  const { doc } = await frames.state(hand.owner, hand);
  assert.equal(lacking(doc, answered).length, 0, `of ${answered.length} answered edits, some are missing`);
  assert.equal(lacking(doc, seen).length, 0, `of ${seen.length} seen updates, some are missing`);
});

test("every submitted run has reached exactly one terminal state", { timeout: 240_000 }, async () => {
  await runs.stop();
  const ends = new Map();
  for (const id of runs.ids) ends.set(id, (await runs.finished(id, 200_000)).status);
  const told = (await events.stop()).filter((event) => event.type === "run" && isTerminal(event.run));

  assert.ok(ends.size > 10, `${ends.size} runs were submitted`);
  for (const [id, status] of ends) {
    assert.equal((await runs.get(id)).status, status, "an end stays");
    const said = new Set(told.filter((event) => event.run.id === id).map((event) => event.run.status));
    assert.ok(said.size === 0 || (said.size === 1 && said.has(status)), `run ${id} ended as ${status}, but ${[...said]} was told`);
  }
  const well = [...ends.values()].filter((status) => status === "ok").length;
  assert.ok(well > ends.size / 2, `most runs end well: ${well} of ${ends.size}`);
});
