/*
 * interview.test.mjs - an hour of an interview, as fast as the stack takes it: stock Yjs documents, the app's own
 * provider, everything in between.
 *
 * A second of the hour is an edit. The interviewer stays; the candidate types most, and leaves and comes back: with the
 * document, after a reload without it, and after having typed offline. The log passes several checkpoints meanwhile.
 * INTERVIEW_SECONDS and INTERVIEW_SEED change it.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { api } from "../lib/api.mjs";
import { edit, level, Y } from "./client.mjs";
import { random, randomEdit } from "./people.mjs";

const SECONDS = Number(process.env.INTERVIEW_SECONDS ?? 3600);
const SEED = Number(process.env.INTERVIEW_SEED ?? Math.floor(Math.random() * 2 ** 31));
const AWAY_EVERY = 240;
/* Edits: so that the log has an entry for every other one, and is compacted several times. */
const SAVE_EVERY = 2;

/* Typing, mostly at the end; a paste or a new file now and then would make it a long document. */
function type(editor, below) {
  const text = editor.text();
  if (below(10) === 0) return randomEdit(editor, below);
  if (below(4) === 0 && text.length > 60) return text.delete(below(text.length - 8), 1 + below(8));
  text.insert(below(3) ? text.length : below(text.length + 1), ["x = 1\n", "f(", ")", "naïve ", "😀", "  "][below(6)]);
}

/* The three ways in which somebody comes back; each keeps every edit. */
const RETURNS = {
  async reconnects(editor) {
    editor.disconnect();
    await editor.connect();
    return editor;
  },
  async reloads(editor, person, room) {
    await editor.whenSaved();
    editor.leave();
    return edit(person, room);
  },
  async typesOffline(editor, person, room, below) {
    editor.disconnect();
    for (let i = 0; i < 20; i++) editor.doc.transact(() => type(editor, below));
    editor.connect();
    await editor.whenSaved();
    return editor;
  },
};

test(`an hour of an interview ends equal for everybody (seed ${SEED})`, { timeout: 600_000 }, async (t) => {
  const below = random(SEED);
  const ann = await api.signup({ name: "Ann" });
  const room = await api.room(ann);
  const bob = await api.guest(room, "candidate", { name: "Bob" });
  const interviewer = await edit(ann, room);
  let candidate = await edit(bob, room);
  const ways = Object.values(RETURNS);
  let returns = 0;

  for (let second = 1; second <= SECONDS; second++) {
    const who = below(4) === 0 ? interviewer : candidate;
    who.doc.transact(() => type(who, below));
    if (second % SAVE_EVERY === 0) await who.whenSaved();
    if (second % AWAY_EVERY === 0) candidate = await ways[returns++ % ways.length](candidate, bob, room, below);
  }

  const content = await level([interviewer, candidate], { within: 120_000 });
  const late = await edit(await api.guest(room, "observer", { name: "Eve" }), room);
  assert.deepEqual(late.content, content);
  const state = await ann.must(200, "GET", `${room.path}/docs/code/state`);
  const snapshot = createHash("sha256").update(Y.encodeSnapshot(Y.snapshot(interviewer.doc))).digest("hex");
  assert.equal(state.snapshot, snapshot, "the server says the same as a stock client");
  t.diagnostic(`${returns} returns, ${interviewer.text().length} characters`);
});
