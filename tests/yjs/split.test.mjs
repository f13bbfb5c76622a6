/*
 * split.test.mjs - updates cut into parts, and what a server lacks; no stack is needed.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { lackingAt, splitUpdate, updatesByClient, Y } from "../../nginx/app/provider/dist/index.js";
import { random, randomEdit } from "./people.mjs";

const asEditor = (doc) => ({ doc, files: doc.getMap("files"), text: (path) => doc.getText(`file:${path}`) });

/* Three people who edit and exchange everything now and then; the last one's document. */
function session(seed, rounds) {
  const below = random(seed);
  const docs = [new Y.Doc(), new Y.Doc(), new Y.Doc()];

  for (let i = 0; i < rounds; i++) {
    randomEdit(asEditor(docs[below(3)]), below);
    if (below(4) === 0) Y.applyUpdate(docs[below(3)], Y.encodeStateAsUpdate(docs[below(3)]));
  }
  docs.forEach((doc) => Y.applyUpdate(docs[2], Y.encodeStateAsUpdate(doc)));
  return docs[2];
}

const same = (a, b) => assert.deepEqual(Y.encodeStateAsUpdate(a), Y.encodeStateAsUpdate(b));
const pending = (doc) => doc.store.pendingStructs !== null || doc.store.pendingDs !== null;

for (let seed = 1; seed <= 20; seed++) {
  test(`parts can be applied one after another and make the same document (seed ${seed})`, () => {
    const doc = session(seed, 300);
    const parts = splitUpdate(Y.encodeStateAsUpdate(doc), 400 + 100 * (seed % 5));
    const copy = new Y.Doc();
    assert.ok(parts.length > 3);
    for (const part of parts) {
      Y.applyUpdate(copy, part);
      assert.ok(!pending(copy), "a part refers to one that comes later");
    }
    same(copy, doc);
  });
}

test("a long string is cut below the limit, never inside a surrogate pair", () => {
  const doc = new Y.Doc();
  doc.getText("file:a").insert(0, "a😀".repeat(20_000));
  const parts = splitUpdate(Y.encodeStateAsUpdate(doc), 8192);
  const copy = new Y.Doc();
  parts.forEach((part) => Y.applyUpdate(copy, part));
  assert.ok(parts.length >= 12);
  assert.ok(parts.every((part) => part.length <= 8192), `${Math.max(...parts.map((p) => p.length))} bytes`);
  assert.equal(copy.getText("file:a").toString(), doc.getText("file:a").toString());
});

test("what is small stays as it is", () => {
  const update = Y.encodeStateAsUpdate(session(7, 5));
  assert.deepEqual(splitUpdate(update, 1 << 20), [update]);
});

test("an update taken apart by client is the same update", () => {
  const doc = session(99, 400);
  const own = doc.clientID;
  const copy = new Y.Doc();
  for (const updates of updatesByClient(Y.encodeStateAsUpdate(doc), own).values()) {
    for (const update of updates) Y.applyUpdate(copy, update);
  }
  same(copy, doc);
});

test("nothing is lacking where the server has everything; inserts and deletes are found", () => {
  const doc = session(5, 200);
  const server = new Y.Doc();
  const ask = () => lackingAt(doc, Y.encodeStateAsUpdate(server, Y.encodeStateVector(doc)), Y.encodeStateVector(server));

  Y.applyUpdate(server, ask());
  assert.equal(ask(), null);
  doc.getText("file:main.py").insert(0, "more");
  Y.applyUpdate(server, ask());
  same(server, doc);
  assert.equal(ask(), null);
  doc.getText("file:main.py").delete(1, 2);
  assert.deepEqual(Y.encodeStateVector(doc), Y.encodeStateVector(server));
  Y.applyUpdate(server, ask());
  same(server, doc);
  assert.equal(ask(), null);
});
