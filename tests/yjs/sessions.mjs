/*
 * sessions.mjs - random sessions of several people in one document, each repeatable by its seed.
 *
 * Everybody edits a Y.Doc of their own and hears of the others late and in any order; what each transaction
 * sends is the log. Formatting only goes into the root text: yjs tidies formats of texts whose type it knows, as
 * a client of its own, which a server does not.
 */
import * as Y from "yjs";
import { random } from "../lib/random.mjs";

const PLAIN = ["a", "b", "foo", "return 0;\n", "\t", "  ", "{", "}", "bar baz", "x = y", "\n"];
const WIDE = [...PLAIN, "é", "ß", "中文", "😀", "x😀y", "👩‍👧", "𝒳", "\ufeff", "ﬀ"];
const VALUES = [
  0, 1, -1, 127, 2147483647, -2147483648, 2 ** 31, 1.5, -0.25, 1e300, 5e-324, 0.1, 123456789.125, true, false, null,
  undefined, "", "text", "😀", [1, "two", null], { a: 1, b: { c: [] } }, new Uint8Array([1, 2, 255]), {}, [],
];

function randomType(r) {
  const made = [() => new Y.Text("nested 😀"), () => new Y.Map([["k", 1], ["n", new Y.Array()]]), () => Y.Array.from([1, "two"])];
  return r.pick(made)();
}

/* All types that can be reached in the document, roots first. */
function types(doc) {
  const found = [doc.getText("text"), doc.getMap("map"), doc.getArray("array")];
  for (const type of found) {
    const values = type instanceof Y.Map ? [...type.values()] : type instanceof Y.Array ? type.toArray() : [];
    found.push(...values.filter((value) => value instanceof Y.AbstractType));
  }
  return found;
}

/* Where each document's author typed last: half of all typing goes on there. */
const carets = new WeakMap();

function editText(text, r, { words, rich }) {
  const goesOn = r.chance(0.5) && carets.has(text) && carets.get(text) <= text.length;
  const at = goesOn ? carets.get(text) : r.int(text.length + 1);
  const root = text._item === null;
  if (rich && root && r.chance(0.15)) return text.format(at, r.int(text.length - at + 1), { [r.pick(["bold", "color"])]: r.pick([true, null, "red"]) });
  if (rich && r.chance(0.1)) return text.insertEmbed(at, { image: "x", n: r.int(9) });
  if (text.length > 0 && r.chance(0.35)) return text.delete(at, Math.min(text.length - at, 1 + r.int(r.chance(0.1) ? 40 : 5)));
  const word = r.pick(words).repeat(r.chance(0.05) ? 8 : 1);
  carets.set(text, at + word.length);
  return text.insert(at, word);
}

function editMap(map, r) {
  const key = r.pick(["a", "b", "key", "", "😀", "long key of a map"]);
  if (r.chance(0.2)) return map.delete(key);
  return map.set(key, r.chance(0.2) ? randomType(r) : r.pick(VALUES));
}

function editArray(array, r) {
  const at = r.int(array.length + 1);
  if (array.length > 0 && r.chance(0.35)) return array.delete(at, Math.min(array.length - at, 1 + r.int(3)));
  return array.insert(at, r.chance(0.15) ? [randomType(r)] : Array.from({ length: 1 + r.int(3) }, () => r.pick(VALUES) ?? null));
}

function edit(doc, r, kind) {
  const how = { words: kind === "text" ? PLAIN : WIDE, rich: kind === "mixed" };
  const type = kind === "mixed" ? r.pick(types(doc)) : doc.getText("text");
  if (type instanceof Y.Map) editMap(type, r);
  else if (type instanceof Y.Array) editArray(type, r);
  else editText(type, r, how);
}

function newClient(r) {
  return r.chance(0.2) ? 1 + r.int(5) : r.chance(0.2) ? r.int(2 ** 31) * 2 ** 22 + r.int(2 ** 22) : r.int(2 ** 32);
}

/* { updates, docs }: what was sent, in order of sending, and the documents it was made in. */
export function session(seed, kind, steps = 60) {
  const r = random(seed);
  const updates = [];
  const people = [];
  const ids = new Set();
  while (ids.size < 2 + r.int(r.chance(0.2) ? 7 : 2)) ids.add(newClient(r));
  for (const id of ids) {
    const doc = new Y.Doc();
    doc.clientID = id;
    const person = { doc, heard: 0 };
    doc.on("update", (update, _, __, transaction) => transaction.local && updates.push(update));
    types(doc);
    people.push(person);
  }
  for (let i = 0; i < steps; i++) {
    const person = r.pick(people);
    if (r.chance(0.4)) hear(person, updates, r);
    person.doc.transact(() => {
      for (let n = r.chance(0.2) ? 1 + r.int(4) : 1; n > 0; n--) edit(person.doc, r, kind);
    });
  }
  return { updates, docs: people.map(({ doc }) => doc), clients: [...ids], random: r };
}

/* Some of what the others sent, mostly in order. */
function hear(person, updates, r) {
  const news = updates.slice(person.heard, person.heard + 1 + r.int(20));
  person.heard += news.length;
  if (r.chance(0.3)) news.reverse();
  for (const update of news) Y.applyUpdate(person.doc, update);
}

export function shuffled(list, r) {
  const copy = [...list];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = r.int(i + 1);
    [copy[i], copy[j]] = [copy[j], copy[i]];
  }
  return copy;
}

/* The ways in which the same updates may arrive; those named with a * leave gaps. */
export function deliveries({ updates, random: r }) {
  const some = updates.filter(() => r.chance(0.7));
  const chunks = [];
  for (let i = 0; i < updates.length; ) {
    const n = 1 + r.int(7);
    chunks.push(Y.mergeUpdates(updates.slice(i, i + n)));
    i += n;
  }
  return {
    "in order": updates,
    shuffled: shuffled(updates, r),
    backwards: [...updates].reverse(),
    twice: shuffled([...updates, ...some], r),
    "merged chunks": shuffled(chunks, r),
    "merged whole": [Y.mergeUpdates(updates)],
    "partly*": some,
    "partly, shuffled*": shuffled(some, r),
    "partly, then all": [...shuffled(some, r), ...shuffled(updates, r)],
    "merged parts*": shuffled(chunks.filter(() => r.chance(0.7)), r),
  };
}
