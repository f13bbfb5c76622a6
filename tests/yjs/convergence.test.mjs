/*
 * convergence.test.mjs - many people at once, with the app's own provider against the running stack.
 *
 * Sizes can be set: YJS_PEOPLE=50, YJS_ROOMS=20, YJS_SECONDS=8; YJS_SEED repeats what was typed.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { api, waitFor } from "../lib/api.mjs";
import { edit, Editor, level, Y } from "./client.mjs";
import { random, typeFor } from "./people.mjs";

const PEOPLE = Number(process.env.YJS_PEOPLE ?? 50);
const ROOMS = Number(process.env.YJS_ROOMS ?? 20);
const MS = Number(process.env.YJS_SECONDS ?? 8) * 1000;
const SEED = Number(process.env.YJS_SEED ?? Math.floor(Math.random() * 2 ** 31));

/* `count` candidates in a room, all connected. */
async function crowd(room, count) {
  const persons = [];
  for (let i = 0; i < count; i++) persons.push(await api.guest(room, "candidate", { name: `Guest ${i}` }));
  return Promise.all(persons.map((person) => edit(person, room)));
}

const seeds = random(SEED);

/* How far one's own edits are durable, at a moment when all of them are. */
async function ownDurable(editor) {
  const { doc } = editor;
  await editor.whenSaved();
  return Y.getState(doc.store, doc.clientID);
}

test(`${PEOPLE} people type at random in one room and end with equal documents (seed ${SEED})`, async (t) => {
  const room = await api.room(await api.signup());
  const editors = await crowd(room, PEOPLE);
  const late = await api.guest(room, "candidate", { name: "Late" });
  /* What somebody types at random may be nothing at all. */
  for (const editor of editors) editor.text().insert(0, "begin\n");
  const typing = editors.map((editor) => typeFor(editor, MS, { seed: seeds(2 ** 31), gap: 250 }));

  /* In the middle of it, somebody joins: everything that was durable before is there at once. */
  const durable = await Promise.all(editors.map(ownDurable));
  const joiner = await edit(late, room);
  editors.forEach(({ doc }, i) => {
    const has = Y.getState(joiner.doc.store, doc.clientID);
    assert.ok(has >= durable[i], `the joiner has ${has} of ${durable[i]} durable edits of person ${i}`);
  });
  assert.ok(durable.some((clock) => clock > 0));

  const edits = (await Promise.all(typing)).reduce((sum, n) => sum + n, 0);
  const began = performance.now();
  const content = await level([...editors, joiner]);
  t.diagnostic(`${edits} edits; level ${Math.round(performance.now() - began)} ms after the last`);
  assert.ok(edits > PEOPLE, `${edits} edits were made`);
  assert.ok(content.texts.length > 0);

  /* And whoever comes afterwards gets the same from the server alone. */
  const last = await edit(await api.guest(room), room);
  assert.deepEqual(last.content, content);
});

test(`${ROOMS} rooms of three converge at the same time, each for itself`, async () => {
  const owner = await api.signup();
  const rooms = [];
  for (let i = 0; i < ROOMS; i++) {
    const room = await api.room(owner, { title: `Room ${i}` });
    rooms.push([await edit(owner, room), ...(await crowd(room, 2))]);
  }
  await Promise.all(
    rooms.map(async (editors, i) => {
      editors.forEach((editor) => editor.files.set(`room${i}.py`, i));
      await Promise.all(editors.map((editor) => typeFor(editor, MS / 2, { seed: seeds(2 ** 31), gap: 200 })));
      const { files } = await level(editors);
      assert.deepEqual(Object.keys(files).filter((path) => path.startsWith("room")), [`room${i}.py`]);
    }),
  );
});

test("sockets cut at random, people gone offline: every edit is kept and all converge", async () => {
  const room = await api.room(await api.signup());
  const editors = await crowd(room, 6);
  const below = random(seeds(2 ** 31));
  let typing = true;
  const storm = (async () => {
    for (; typing; await new Promise((wake) => setTimeout(wake, 150))) {
      const editor = editors[below(editors.length)];
      if (below(3) > 0) editor.cut();
      else {
        editor.disconnect();
        setTimeout(() => editor.connect(), below(1500));
      }
    }
  })();

  const marks = editors.map((editor, i) => `<${i}:${editor.doc.clientID}>`);
  const edits = editors.map(async (editor, i) => {
    await typeFor(editor, MS / 2, { seed: seeds(2 ** 31), gap: 80 });
    editor.text("marks.py").insert(0, marks[i]);
    await typeFor(editor, MS / 2, { seed: seeds(2 ** 31), gap: 80 });
  });
  await Promise.all(edits);
  typing = false;
  await storm;
  await waitFor(() => editors.every(({ status }) => status.state === "saved"), { within: 60_000, what: "all saved" });
  const content = await level(editors);
  const kept = content.texts.find(([name]) => name === "file:marks.py")[1];
  for (const mark of marks) assert.ok(kept.includes(mark), `${mark} is in ${kept}`);
});

test("an observer sees every edit and can make none", async () => {
  const room = await api.room(await api.signup());
  const [ann] = await crowd(room, 1);
  const person = await api.guest(room, "observer", { name: "Olga" });
  const observer = await edit(person, room, { readOnly: true });

  ann.text().insert(0, "seen");
  await waitFor(() => observer.text().toString() === "seen");

  /* Not even with a provider that would send: refused, told, and nobody sees it. */
  const forger = new Editor(person, room);
  await forger.whenSynced();
  forger.text().insert(0, "forged");
  await waitFor(() => forger.status.state === "denied");
  assert.equal(forger.status.reason.status, 403);
  ann.text().insert(4, " again");
  await waitFor(() => observer.text().toString() === "seen again");
  assert.equal(ann.text().toString(), "seen again");
  assert.equal((await edit(await api.guest(room), room)).text().toString(), "seen again");
});
