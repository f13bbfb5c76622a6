/*
 * engine_updates.test.mjs - the level without a document beside yjs: mergeUpdates, diffUpdate,
 * encodeStateVectorFromUpdate give the same bytes; awareness and sync messages come through as they were.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import * as Y from "yjs";
import * as encoding from "lib0/encoding";
import { Awareness, encodeAwarenessUpdate } from "y-protocols/awareness";
import * as sync from "y-protocols/sync";
import { Engine, Refused } from "./engine.mjs";
import { session, shuffled } from "./sessions.mjs";

const SESSIONS = Number(process.env.VIVA_YJS_SESSIONS ?? 60);
const FIRST = Number(process.env.VIVA_SEED ?? 1);
const seeds = Array.from({ length: SESSIONS }, (_, i) => FIRST + i);
const engine = new Engine();
after(() => engine.close());

const same = (ours, theirs, what) =>
  assert.equal(Buffer.from(ours).toString("hex"), Buffer.from(theirs).toString("hex"), what);

/*
 * Some updates as they come up in life: single ones, merged ones, whole states, some of them twice. Where a state has a
 * GC for items that another still has, what yjs keeps of the two depends on how the JavaScript engine sorts with a
 * comparison that contradicts itself; with two inputs that is known.
 */
function handful({ updates, random: r }, kind) {
  const kinds = [
    () => r.pick(updates),
    () => Y.mergeUpdates([r.pick(updates), r.pick(updates)]),
    () => {
      const at = r.int(updates.length);
      return Y.mergeUpdates(updates.slice(at, at + 5));
    },
    () => {
      const doc = new Y.Doc();
      for (const update of updates.slice(0, r.int(updates.length))) Y.applyUpdate(doc, update);
      return Y.encodeStateAsUpdate(doc);
    },
  ];
  if (kind === "mixed" && r.chance(0.5)) return [r.pick(kinds)(), r.pick(kinds)()];
  if (kind === "mixed") kinds.pop();
  return Array.from({ length: 2 + r.int(12) }, () => r.pick(kinds)());
}

for (const kind of ["text", "surrogates", "mixed"]) {
  test(`${kind}: merging, differences and state vectors of ${SESSIONS} sessions`, async () => {
    for (const seed of seeds) {
      const s = session(seed, kind);
      const what = `${kind}, seed ${seed}`;
      const whole = Y.mergeUpdates(s.updates);
      same(await engine.merge(s.updates), whole, what);
      const mixed = shuffled(s.updates, s.random);
      same(await engine.merge(mixed), Y.mergeUpdates(mixed), `${what}, shuffled`);
      for (let i = 0; i < 5; i++) {
        const some = handful(s, kind);
        const merged = Y.mergeUpdates(some);
        const sv = Y.encodeStateVector(new Map(s.clients.map((id) => [id, s.random.int(80)])));
        same(await engine.merge(some), merged, `${what}, handful ${i}`);
        same(await engine.diff(merged, sv), Y.diffUpdate(merged, sv), `${what}, difference ${i}`);
        same(await engine.svOf(merged), Y.encodeStateVectorFromUpdate(merged), `${what}, state vector ${i}`);
      }
    }
  });
}

test("merging nothing is the empty update, and one comes back as it is", async () => {
  same(await engine.merge([]), [0, 0]);
  const [update] = session(1, "text").updates;
  same(await engine.merge([update]), update);
});

test("awareness of clients that are there and gone", async () => {
  const doc = new Y.Doc();
  const awareness = new Awareness(doc);
  awareness.setLocalState({ user: { name: "Zoë 😀", color: "#30bced" }, cursor: { anchor: { item: null }, head: null } });
  const there = encodeAwarenessUpdate(awareness, [doc.clientID]);
  same(await engine.awareness(there), there);
  awareness.setLocalState(null);
  const gone = encodeAwarenessUpdate(awareness, [doc.clientID]);
  same(await engine.awareness(gone), gone);
  awareness.destroy();
});

test("messages one after another", async () => {
  const doc = new Y.Doc();
  doc.getText("t").insert(0, "hello");
  const encoder = encoding.createEncoder();
  for (const write of [sync.writeSyncStep1, sync.writeSyncStep2]) {
    encoding.writeVarUint(encoder, 0);
    write(encoder, doc);
  }
  encoding.writeVarUint(encoder, 0);
  sync.writeUpdate(encoder, Y.encodeStateAsUpdate(doc));
  encoding.writeVarUint(encoder, 3);
  encoding.writeVarUint(encoder, 2);
  encoding.writeVarUint(encoder, 0);
  encoding.writeVarString(encoder, "not you");
  const body = encoding.toUint8Array(encoder);
  same(await engine.frames(body), body);
  await assert.rejects(engine.frames(body.slice(0, -1)), Refused);
  await assert.rejects(engine.frames([4, 0]), /unknown type/);
  await assert.rejects(engine.frames([0, 3, 0]), /unknown kind/);
});
