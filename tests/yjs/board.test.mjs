/*
 * board.test.mjs - the hash of a document of maps and arrays: the server's and the provider's are the same, whatever was
 * written in whatever order, and another one where anything that is shown is another.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { api } from "../lib/api.mjs";
import * as frames from "../lib/frames.mjs";
import { random, seed } from "../lib/random.mjs";
import { waitFor } from "../lib/wait.mjs";
import WebSocket from "ws";
import { fingerprint } from "../../nginx/app/provider/dist/fingerprint.js";
import { Editor, Y } from "./client.mjs";

const KEYS = ["a", "b", "é", "😀", "\uffff", "\ue000", "", "1", "0", "key with \"quotes\"\n\u0001", "__proto__", "constructor", "x".repeat(60)];
const VALUES = [0, -0, 1, -1, 2 ** 31, 2 ** 53 - 1, -(2 ** 53) + 1, 1.5, 0.1, 1e21, 1e-7, 5e-324, 1e300, 3.4028234663852886e38, NaN, Infinity, true, false, null,
  undefined, "", "text", "😀", "\u2028\u007f\u0000\"\\", 2n ** 60n, -1n, new Uint8Array([1, 2, 255]), new Uint8Array(0), {}, [], [[]], { b: 1, a: [{ 10: "x", 9: undefined, é: null }, undefined] }];

const board = (doc, kind) => (kind === "map" ? doc.getMap("board") : doc.getArray("board"));

function nested(r) {
  return r.pick([() => new Y.Text("shared 😀"), () => new Y.Map([["k", 1], ["n", new Y.Array()]]), () => Y.Array.from([1, "two", new Uint8Array([9])])])();
}

function typesOf(root) {
  const found = [root];
  for (const type of found) {
    const values = type instanceof Y.Map ? [...type.values()] : type instanceof Y.Array ? type.toArray() : [];
    found.push(...values.filter((value) => value instanceof Y.AbstractType));
  }
  return found;
}

function change(root, r) {
  const type = r.pick(typesOf(root));
  const value = r.chance(0.25) ? nested(r) : r.pick(VALUES);
  if (type instanceof Y.Text) return type.length > 0 && r.chance(0.4) ? type.delete(r.int(type.length), 1) : type.insert(r.int(type.length + 1), r.pick(["x", "é", "中"]));
  if (type instanceof Y.Map) return r.chance(0.2) ? type.delete(r.pick(KEYS)) : type.set(r.pick(KEYS), value);
  return type.length > 0 && r.chance(0.3) ? type.delete(r.int(type.length), 1) : type.insert(r.int(type.length + 1), [typeof value === "bigint" ? [value] : (value ?? null)]);
}

async function place() {
  const room = await api.room(await api.signup());
  const path = `${room.path}/docs/board`;
  return {
    room,
    send: (person, update) => person.must(204, "POST", `${path}/updates`, frames.update(update)),
    told: async () => {
      const { snapshot, hash } = await room.owner.must(200, "GET", `${path}/state`);
      return { snapshot, hash };
    },
  };
}

for (const kind of ["map", "array"]) {
  test(`two who change a shared ${kind} and all that is in it: three hashes are one (seed ${seed})`, async () => {
    const r = random(seed);
    const { room, send, told } = await place();
    const bob = await api.guest(room);
    const people = [{ who: room.owner, doc: new Y.Doc() }, { who: bob, doc: new Y.Doc() }];
    for (let round = 0; round < 12; round++) {
      const updates = [];
      for (const { who, doc } of people) {
        const before = Y.encodeStateVector(doc);
        for (let i = 0; i < 12; i++) doc.transact(() => change(board(doc, kind), r));
        const update = Y.encodeStateAsUpdate(doc, before);
        await send(who, update);
        updates.push(update);
      }
      people.forEach(({ doc }, i) => Y.applyUpdate(doc, updates[1 - i]));
      const said = await told();
      const values = () => JSON.stringify(board(people[0].doc, kind).toJSON(), (_, v) => (typeof v === "bigint" ? `${v}n` : v));
      for (const { doc } of people) assert.deepEqual(fingerprint(doc, "board"), said, `round ${round}: ${values()}`);
      const stranger = new Y.Doc();
      Y.applyUpdate(stranger, Y.encodeStateAsUpdate(people[round % 2].doc));
      assert.deepEqual(fingerprint(stranger, "board"), said, "nobody has said what kind the root is");
    }
  });
}

test("what is shown otherwise is another hash; an empty board is none", async () => {
  const { room, send, told } = await place();
  const hash = (make) => {
    const doc = new Y.Doc();
    doc.transact(() => make(doc.getMap("board")));
    return fingerprint(doc, "board").hash;
  };
  const empty = await told();
  assert.equal(hash(() => {}), empty.hash);
  const seen = [
    (b) => b.set("a", 1), (b) => b.set("a", "1"), (b) => b.set("b", 1), (b) => b.set("a", [1]), (b) => b.set("a", [[1]]), (b) => b.set("a", { 0: 1 }),
    (b) => b.set("a", new Y.Text("1,")), (b) => b.set("a", Y.Array.from([1, 2])), (b) => b.set("a", Y.Array.from([2, 1])), (b) => (b.set("a", "b"), b.set("b", "a")),
    (b) => b.set("a", null), (b) => (b.set("a", 1), b.set("b", 2)), (b) => b.set("a", new Y.Map([["a", 1]])), (b) => b.set("a", []), (b) => b.set("a", {}),
  ].map(hash);
  assert.equal(new Set([...seen, empty.hash]).size, seen.length + 1);
  assert.equal(hash((b) => (b.set("x", 1), b.set("y", 2))), hash((b) => (b.set("y", 2), b.set("x", 1))));

  const doc = new Y.Doc();
  const update = frames.edit(doc, () => doc.getMap("board").set("a", 1));
  await send(room.owner, update);
  assert.equal((await told()).hash, seen[0]);
  await send(room.owner, frames.edit(doc, () => doc.getMap("board").delete("a")));
  assert.equal((await told()).hash, empty.hash);
});

test("types in one another without end are hashed without end of the stack", async () => {
  const { room, send, told } = await place();
  const doc = new Y.Doc();
  const update = frames.edit(doc, () => {
    let inner = doc.getMap("board");
    for (let i = 0; i < 20000; i++) inner = inner.set("k", new Y.Map());
    inner.set("k", "the end");
  });
  await send(room.owner, update);
  assert.deepEqual(fingerprint(doc, "board"), await told());
});

test("a provider finds out that its board has diverged", async () => {
  const { room, send } = await place();
  const lying = (url, headers) => {
    const ws = new WebSocket(url, { headers, perMessageDeflate: false });
    return new Proxy(ws, {
      get: (target, name) => (typeof target[name] === "function" ? target[name].bind(target) : target[name]),
      set: (target, name, heard) => {
        target[name] = name !== "onmessage" || heard === null ? heard : (event) => {
          const bytes = Buffer.from(event.data);
          for (let at; (at = bytes.indexOf("good")) >= 0; ) bytes.write("evil", at);
          heard({ data: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) });
        };
        return true;
      },
    });
  };
  const ann = new Editor(room.owner, room, { document: "board", awareness: null, socket: lying, timing: { witness: 400 } });
  await ann.whenSynced();
  const doc = new Y.Doc();
  await send(await api.guest(room), frames.edit(doc, () => doc.getMap("board").set("card", new Y.Map([["title", "good"]]))));
  await waitFor(() => ann.status.state === "diverged");
  assert.deepEqual(ann.doc.getMap("board").toJSON(), { card: { title: "evil" } });
  ann.destroy();
});
