/*
 * engine_documents.test.mjs - the C engine beside yjs: the same updates in, the same bytes out.
 *
 * Each session's log is delivered in many ways to a Y.Doc and to the engine. $VIVA_YJS_SESSIONS (40) of each kind,
 * from seed $VIVA_SEED (1) on; a failure names its seed.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import * as Y from "yjs";
import { Engine } from "./engine.mjs";
import { deliveries, session } from "./sessions.mjs";

const SESSIONS = Number(process.env.VIVA_YJS_SESSIONS ?? 40);
const FIRST = Number(process.env.VIVA_SEED ?? 1);
const seeds = Array.from({ length: SESSIONS }, (_, i) => FIRST + i);
const engine = new Engine();
after(() => engine.close());

const same = (ours, theirs, what) => {
  if (Buffer.compare(ours, Buffer.from(theirs)) === 0) return;
  assert.equal(Buffer.from(ours).toString("hex"), Buffer.from(theirs).toString("hex"), what);
};

function replay(updates, gc = true) {
  const doc = new Y.Doc({ gc });
  for (const update of updates) Y.applyUpdate(doc, update);
  return doc;
}

const jsonOf = (value) => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));

/* Everything that can be asked of a document, of both. */
async function compare(doc, svs, what) {
  same(await engine.state(), Y.encodeStateAsUpdate(doc), `${what}: state`);
  same(await engine.sv(), Y.encodeStateVector(doc), `${what}: state vector`);
  same(await engine.snapshot(), Y.encodeSnapshot(Y.snapshot(doc)), `${what}: snapshot`);
  for (const sv of svs) same(await engine.state(sv), Y.encodeStateAsUpdate(doc, sv), `${what}: difference`);
  /* Asked last: it tells yjs the types of the roots. */
  assert.deepEqual((await engine.json("text", "text")) ?? "", doc.getText("text").toString(), `${what}: text`);
  assert.deepEqual((await engine.json("map", "map")) ?? {}, jsonOf(doc.getMap("map").toJSON()), `${what}: map`);
  assert.deepEqual((await engine.json("array", "array")) ?? [], jsonOf(doc.getArray("array").toJSON()), `${what}: array`);
}

/*
 * With gaps, and sometimes even when all has come, yjs leaves structs waiting although what they wait for is there;
 * it depends on the order. The engine never does: it stands where yjs stands that got all of it at once.
 */
async function compareGapped(updates, whole, what) {
  const doc = replay([Y.mergeUpdates(updates)]);
  same(await engine.sv(), Y.encodeStateVector(doc), `${what}: state vector`);
  if (!what.startsWith("mixed")) same(await engine.state(), Y.encodeStateAsUpdate(doc), `${what}: state`);
  assert.deepEqual((await engine.json("text", "text")) ?? "", doc.getText("text").toString(), `${what}: text`);
  assert.deepEqual((await engine.json("map", "map")) ?? {}, jsonOf(doc.getMap("map").toJSON()), `${what}: map`);
  assert.deepEqual((await engine.json("array", "array")) ?? [], jsonOf(doc.getArray("array").toJSON()), `${what}: array`);
  const later = replay([await engine.state(), ...whole]);
  same(Y.encodeStateVector(later), Y.encodeStateVector(replay(whole)), `${what}: what waited was in the state`);
}

for (const kind of ["text", "surrogates", "mixed"]) {
  test(`${kind}: every delivery of ${SESSIONS} random sessions gives yjs's bytes`, async () => {
    for (const seed of seeds) {
      const s = session(seed, kind);
      const svs = s.docs.map((doc) => Y.encodeStateVector(doc));
      for (const [how, updates] of Object.entries(deliveries(s))) {
        await engine.replay(updates);
        const what = `${kind}, seed ${seed}, ${how}`;
        const doc = replay(updates);
        if (how.endsWith("*") || doc.store.pendingStructs) await compareGapped(updates, s.updates, what);
        else await compare(doc, svs, what);
      }
    }
  });

  test(`${kind}: nothing is lost where deleted content is kept`, async () => {
    for (const seed of seeds) {
      const { updates } = session(seed, kind);
      await engine.replay(updates, { keep: true });
      await compare(replay(updates, false), [], `${kind}, seed ${seed}, kept`);
    }
  });

  test(`${kind}: the state loads again as it was`, async () => {
    for (const seed of seeds) {
      const { updates } = session(seed, kind);
      const state = Y.encodeStateAsUpdate(replay(updates));
      await engine.replay([state]);
      await compare(replay([state]), [], `${kind}, seed ${seed}, reloaded`);
    }
  });
}

test("long sessions stay equal all the way, however much is deleted in between", async () => {
  for (const seed of seeds.filter((n) => n % 10 === FIRST % 10)) {
    for (const kind of ["text", "surrogates", "mixed"]) {
      const { updates } = session(31 * seed, kind, 1500);
      const doc = new Y.Doc();
      await engine.reset();
      for (const [i, update] of updates.entries()) {
        Y.applyUpdate(doc, update);
        await engine.apply(update);
        if (i % 100 === 99) same(await engine.state(), Y.encodeStateAsUpdate(doc), `${kind}, seed ${31 * seed}, update ${i}`);
      }
    }
  }
});

test("when everything has come, nothing waits and only integrated state is left", async () => {
  for (const seed of seeds) {
    const s = session(seed, "mixed");
    const all = deliveries(s)["partly, then all"];
    await engine.replay(all);
    assert.equal(await engine.waiting(), 0, `seed ${seed}`);
    same(await engine.integrated(), await engine.state(), `seed ${seed}`);
  }
});

test("what waits is not in the integrated state, and is no obstacle to loading it", async () => {
  for (const seed of seeds) {
    const s = session(seed, "text");
    await engine.replay(deliveries(s)["partly*"]);
    const state = await engine.integrated();
    const doc = replay([state]);
    assert.equal(doc.store.pendingStructs, null, `seed ${seed}`);
    assert.equal(doc.store.pendingDs, null, `seed ${seed}`);
    same(await engine.sv(), Y.encodeStateVector(doc), `seed ${seed}`);
    assert.equal((await engine.json("text", "text")) ?? "", doc.getText("text").toString(), `seed ${seed}`);
  }
});

test("a document as it was at a snapshot", async () => {
  for (const kind of ["text", "mixed"]) {
    for (const seed of seeds) {
      const { updates } = session(seed, kind);
      const half = replay(updates.slice(0, updates.length / 2), false);
      const snapshot = Y.encodeSnapshot(Y.snapshot(half));
      await engine.replay(updates, { keep: true });
      const then = await engine.at(snapshot);
      const theirs = Y.createDocFromSnapshot(replay(updates, false), Y.decodeSnapshot(snapshot), new Y.Doc());
      await engine.replay([then]);
      same(await engine.sv(), Y.encodeStateVector(theirs), `${kind}, seed ${seed}`);
      assert.equal((await engine.json("text", "text")) ?? "", theirs.getText("text").toString(), `${kind}, seed ${seed}`);
      assert.deepEqual((await engine.json("map", "map")) ?? {}, jsonOf(theirs.getMap("map").toJSON()), `${kind}, seed ${seed}`);
    }
  }
});

/* Does what the engine says an update did. */
function perform(text, changes) {
  let units = text;
  for (const [kind, root, depth, , at, len, , inserted] of changes) {
    if (root !== "text" || depth !== 0) continue;
    if (kind === "delete") units = units.slice(0, at) + units.slice(at + len);
    if (kind === "insert") units = units.slice(0, at) + Buffer.from(inserted, "hex").toString() + units.slice(at);
  }
  return units;
}

test("the list of changes, done one after another, gives the text", async () => {
  for (const seed of seeds) {
    const s = session(seed, "text");
    for (const how of ["in order", "shuffled", "merged chunks", "partly*"]) {
      await engine.reset();
      let text = "";
      for (const update of deliveries(s)[how]) text = perform(text, await engine.changes(update));
      assert.equal(text, (await engine.json("text", "text")) ?? "", `seed ${seed}, ${how}`);
    }
  }
});

test("each change names who wrote what was inserted, and the key that was set", async () => {
  const [ann, bob] = [new Y.Doc(), new Y.Doc()];
  [ann.clientID, bob.clientID] = [7, 2 ** 53 - 1];
  ann.getText("file:a").insert(0, "hello");
  Y.applyUpdate(bob, Y.encodeStateAsUpdate(ann));
  bob.getText("file:a").insert(5, "😀");
  bob.getMap("files").set("a", 1);
  await engine.reset();
  assert.deepEqual(await engine.changes(Y.encodeStateAsUpdate(ann)), [
    ["insert", "file:a", 0, "", 0, 5, 7, Buffer.from("hello").toString("hex")],
  ]);
  const changes = await engine.changes(Y.encodeStateAsUpdate(bob, Y.encodeStateVector(ann)));
  assert.deepEqual(
    changes.sort((a, b) => (a[1] < b[1] ? -1 : 1)),
    [
      ["insert", "file:a", 0, "", 5, 2, 2 ** 53 - 1, Buffer.from("😀").toString("hex")],
      ["set", "files", 0, "a", 0, 1, 2 ** 53 - 1, ""],
    ],
  );
});
