/*
 * engine_drivers.test.mjs - the yjs package's own random test driver (five users, lost and late messages, users that
 * disconnect and come back), with what it sends recorded and played to the engine.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import * as prng from "lib0/prng";
import { applyRandomTests, encodeStateVector, Text, Array as YArray, Map as YMap } from "yjs/testHelper";
import { Engine } from "./engine.mjs";

const ROUNDS = Number(process.env.VIVA_YJS_SESSIONS ?? 60);
const FIRST = Number(process.env.VIVA_SEED ?? 1);
const engine = new Engine();
after(() => engine.close());

const word = (gen) => prng.word(gen);
const place = (gen, length) => prng.int32(gen, 0, length);

const array = [
  (user, gen) => user.getArray("array").insert(place(gen, user.getArray("array").length), [prng.int32(gen, 0, 99), word(gen), null]),
  (user, gen) => user.getArray("array").insert(place(gen, user.getArray("array").length), [YArray.from([1, 2, 3, 4])]),
  (user, gen) => {
    const list = user.getArray("array");
    list.insert(place(gen, list.length), [new YMap([["someprop", 42], ["other", new Text(word(gen))]])]);
  },
  (user, gen) => {
    const list = user.getArray("array");
    if (list.length === 0) return;
    const at = prng.int32(gen, 0, list.length - 1);
    const value = list.get(at);
    if (value instanceof YArray && value.length > 0 && prng.bool(gen)) value.delete(prng.int32(gen, 0, value.length - 1));
    else list.delete(at, Math.min(list.length - at, prng.int32(gen, 1, 2)));
  },
];
const map = [
  (user, gen) => user.getMap("map").set(prng.oneOf(gen, ["one", "two"]), prng.utf16String(gen)),
  (user, gen) => user.getMap("map").set(prng.oneOf(gen, ["one", "two"]), prng.bool(gen) ? YArray.from([1, 2]) : new YMap([["deepkey", "deepvalue"]])),
  (user, gen) => user.getMap("map").delete(prng.oneOf(gen, ["one", "two"])),
];
const text = [
  (user, gen) => user.getText("text").insert(place(gen, user.getText("text").length), prng.bool(gen) ? word(gen) : prng.utf16String(gen)),
  (user, gen) => {
    const t = user.getText("text");
    const at = place(gen, t.length);
    t.delete(at, Math.min(t.length - at, prng.int32(gen, 0, 5)));
  },
];

/* Plays one seed; returns what was sent and how the users ended. */
function drive(seed, mods, steps) {
  const sent = [];
  const record = (user) => {
    user.on("update", (update, _, __, transaction) => transaction.local && sent.push(update));
    return null;
  };
  /* The driver says on each second seed that it falls back to update format v1. */
  console.error = () => {};
  const { users } = applyRandomTests({ prng: prng.create(seed) }, mods, steps, record);
  return { sent, user: users[0] };
}

const json = (value) => JSON.parse(JSON.stringify(value));

for (const [name, mods] of Object.entries({ array, map, text, everything: [...array, ...map, ...text] })) {
  test(`${name}: ${ROUNDS} rounds of the random driver end equal`, async () => {
    for (let seed = FIRST; seed < FIRST + ROUNDS; seed++) {
      const { sent, user } = drive(seed, mods, 30 + (seed % 5) * 40);
      for (const log of [sent, [...sent].reverse()]) {
        await engine.replay(log);
        const what = `${name}, seed ${seed}`;
        assert.equal((await engine.json("text", "text")) ?? "", user.getText("text").toString(), what);
        assert.deepEqual((await engine.json("map", "map")) ?? {}, json(user.getMap("map")), what);
        assert.deepEqual((await engine.json("array", "array")) ?? [], json(user.getArray("array")), what);
        assert.equal((await engine.sv()).toString("hex"), Buffer.from(encodeStateVector(user)).toString("hex"), what);
        assert.equal(await engine.waiting(), 0, what);
      }
    }
  });
}
