/*
 * engine_hostile.test.mjs - updates that no editor sends.
 *
 * Each is refused with a reason, or taken in bounded time and memory; and in both cases the document that was there
 * still answers, and yjs can load what the engine then encodes. Time is bounded by the kernel: the engine's process
 * may use so many seconds of CPU and no more, some twenty times what it needs.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import * as Y from "yjs";
import { random } from "../lib/random.mjs";
import { behind, hex, inRoot, repeat, section, string, text, uint, update } from "./bytes.mjs";
import { Engine, Refused } from "./engine.mjs";
import { shuffled } from "./sessions.mjs";

const SECONDS = 30;
let engine = new Engine({ seconds: 10 * SECONDS });
after(() => engine.close());

const MAX = 2 ** 53 - 1;

/* What yjs accepts, half applies or dies of; the reason must be the one meant. */
const refused = {
  "a count of structs without structs": [hex("01 ffffff0f 07 00"), /count/],
  "a count of 2^32 structs": [hex("01 8080808010 07 00 0000"), /count/],
  "a count of clients without clients": [hex("ffffff7f"), /count/],
  "a GC that ends beyond every clock": [update([section(7, 0, [0, ...uint(MAX)])]), /2\^31/],
  "a clock beyond": [update([section(7, MAX, [0, 1])]), /2\^31/],
  "a clock and length beyond": [update([section(7, 2 ** 31 - 2, [0, 5])]), /2\^31/],
  "a client above 53 bits": [hex("01 01 ffffffffffffff7f 00 0001 00"), /2\^53/],
  "a number not in its shortest form": [hex("81 00 01 07 00 00 01 00"), /shortest/],
  "no delete set": [update([section(7, 0, string("abc"))]).slice(0, -1), /too early/],
  "cut in a struct": [update([section(7, 0, string("abc"))]).slice(0, -3), /too early/],
  "bytes behind the end": [hex("00 00 00"), /behind/],
  "an origin in its own future": [update([section(7, 0, string("a"), behind(7, 9, "b"))]), /future/],
  "an origin that is itself": [update([section(7, 0, string("a"), behind(7, 1, "b"))]), /itself/],
  "a right origin in its own future": [update([section(7, 0, string("a"), [0x44, ...uint(7), 5, ...text("b")])]), /future/],
  "a parent in its own future": [update([section(7, 0, [4, 0, ...uint(7), 3, ...text("b")])]), /future/],
  "a parent that is neither": [update([section(7, 0, [4, 2, ...text("t"), ...text("b")])]), /neither/],
  "two sections of one client": [update([section(7, 0, [0, 1]), section(8, 0, [0, 1]), section(7, 1, [0, 1])]), /two sections/],
  "a section without structs": [hex("01 00 07 00 00"), /without structs/],
  "a GC without length": [update([section(7, 0, [0, 0])]), /length/],
  "a deleted run without length": [update([section(7, 0, inRoot(1, [0]))]), /length/],
  "text without length": [update([section(7, 0, string(""))]), /length/],
  "an Any list without values": [update([section(7, 0, inRoot(8, [0]))]), /length/],
  "a GC with flags": [update([section(7, 0, [0x80, 1])]), /flags/],
  "a Skip with flags": [update([section(7, 0, [0x8a, 1])]), /flags/],
  "a kind that is none": [update([section(7, 0, inRoot(11, [1]))]), /kind/],
  "a type that is none": [update([section(7, 0, inRoot(7, [9]))]), /shared type/],
  "text that is half a surrogate": [update([section(7, 0, inRoot(4, [3, 0xed, 0xa0, 0x80]))]), /UTF-8/],
  "text cut in a character": [update([section(7, 0, inRoot(4, [1, 0xc3]))]), /UTF-8/],
  "a root name that is not UTF-8": [update([section(7, 0, [4, 1, 1, 0xff, ...text("a")])]), /UTF-8/],
  "text longer than what is there": [update([section(7, 0, inRoot(4, [...uint(1000), 0x61]))]), /too early/],
  "an Any of unknown type": [update([section(7, 0, inRoot(8, [1, 115]))]), /unknown type/],
  "an Any array of 2^31": [update([section(7, 0, inRoot(8, [1, 117, ...uint(2 ** 31)]))]), /count/],
  "an Any nested 20,000 deep": [update([section(7, 0, inRoot(8, [1, ...repeat(20000, () => [117, 1]).flat(), 126]))]), /deep/],
  "an Any with the key __proto__": [update([section(7, 0, inRoot(8, [1, 118, 1, ...text("__proto__"), 126]))]), /__proto__/],
  "an embed that is not JSON": [update([section(7, 0, inRoot(5, text("{a}")))]), /JSON/],
  "an embed nested 200,000 deep": [update([section(7, 0, inRoot(5, text("[".repeat(2e5) + "]".repeat(2e5))))]), /JSON/],
  "a format without a value": [update([section(7, 0, inRoot(6, [...text("bold"), ...text("")]))]), /JSON/],
  "a delete without length": [update([], [1, 7, 1, 0, 0]), /length/],
  "a delete beyond every clock": [update([], [1, 7, 1, 0, ...uint(MAX)]), /2\^31/],
  "deletes that are not there": [update([], [1, 7, ...uint(2 ** 30), 0, 1]), /count/],
  "two deletes of one client": [update([], [2, 7, 1, 0, 1, 7, 1, 2, 1]), /two sections/],
  "a number without an end": [hex("01 01 ffffffffffffffffffffffffff"), /2\^53/],
  "an Any object of 2^31": [update([section(7, 0, inRoot(8, [1, 118, ...uint(2 ** 31)]))]), /count/],
  "an Any list of 2^31": [update([section(7, 0, inRoot(8, uint(2 ** 31)))]), /count/],
  "legacy JSON of 2^31": [update([section(7, 0, inRoot(2, uint(2 ** 31)))]), /count/],
  "a binary of 2^31": [update([section(7, 0, inRoot(3, uint(2 ** 31)))]), /too early/],
  "an Any nested one too deep": [update([section(7, 0, inRoot(8, [1, ...repeat(65, () => [117, 1]).flat(), 126]))]), /deep/],
  "a subdocument's options nested 20,000 deep": [
    update([section(7, 0, inRoot(9, [...text("guid"), ...repeat(20000, () => [117, 1]).flat(), 126]))]),
    /deep/,
  ],
  "update format 2": [Y.convertUpdateFormatV1ToV2(update([section(7, 0, string("abc"))])), /./],
  "a client without deletes": [update([], [1, 7, 0, 0, 0]), /without deletes/],
};

const before = update([section(3, 0, string("here before"))]);

for (const [what, [bytes, why]] of Object.entries(refused)) {
  test(`refused: ${what}`, async () => {
    await engine.replay([before]);
    const state = await engine.state();
    for (const ask of [engine.validate, engine.apply, (b) => engine.merge([b, before]), engine.svOf, (b) => engine.diff(b, [0])])
      await assert.rejects(ask(bytes), (error) => error instanceof Refused && why.test(error.message));
    assert.deepEqual(await engine.state(), state);
  });
}

test("refused: state vectors and awareness that promise more than they hold", async () => {
  const good = update([]);
  await assert.rejects(engine.diff(good, hex("ffffffff07")), /count/);
  await assert.rejects(engine.diff(good, hex("02 0101 0102")), /twice/);
  await assert.rejects(engine.diff(good, hex("00 00")), /behind/);
  await assert.rejects(engine.awareness(hex("ffffff7f")), /count/);
  await assert.rejects(engine.awareness(Uint8Array.from([1, 7, 0, ...text("{")])), /JSON/);
  await assert.rejects(engine.awareness(Uint8Array.from([1, 7, 0, ...text(`"${"x".repeat(5000)}"`)])), /too long/);
  await assert.rejects(engine.awareness(Uint8Array.from([2, 7, 0, ...text("null"), 7, 0, ...text("null")])), /twice/);
});

/* yjs allocates 256 MiB for one of them, others have brought servers down with 146 GB. */
test("no refusal costs more memory than a small multiple of what was refused", async () => {
  const fresh = new Engine({ seconds: SECONDS });
  const size = Math.max(...Object.values(refused).map(([{ length }]) => length));
  await fresh.validate(before);
  const start = peak(fresh);
  for (const [bytes] of Object.values(refused)) {
    for (const ask of [fresh.validate, fresh.apply, (b) => fresh.merge([b, b])]) await assert.rejects(ask(bytes), Refused);
  }
  for (const bytes of [hex("ffffffff07"), hex("ffffffffffffff0f"), hex("ffffffff07 07")]) {
    for (const ask of [fresh.state, fresh.awareness, fresh.at, fresh.frames]) await assert.rejects(ask(bytes), Refused);
  }
  assert.ok(peak(fresh) - start < 4e6 + 16 * size, `${peak(fresh) - start} bytes`);
  fresh.close();
});

test("values may nest as deep as is said, and no deeper", async () => {
  const nested = (depth) => update([section(7, 0, inRoot(8, [1, ...repeat(depth, () => [117, 1]).flat(), 126]))]);
  await engine.validate(nested(64));
  await assert.rejects(engine.validate(nested(65)), /deep/);
  const json = (depth) => update([section(7, 0, inRoot(5, text("[".repeat(depth) + "]".repeat(depth))))]);
  await engine.validate(json(64));
  await assert.rejects(engine.validate(json(65)), /JSON/);
});

test("garbage is no message, no update, no state vector and no awareness", async () => {
  const r = random(4711);
  await engine.replay([before]);
  for (let i = 0; i < 2000; i++) {
    const bytes = Uint8Array.from({ length: 1 + r.int(60) }, () => (r.chance(0.5) ? r.int(4) : r.int(256)));
    for (const ask of [engine.frames, engine.validate, engine.svOf, engine.awareness, engine.at]) {
      try {
        await ask(bytes);
      } catch (error) {
        assert.ok(error instanceof Refused, error);
      }
    }
  }
  assert.equal(await engine.json("text", "t"), "here before");
});

const rss = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${engine.process.pid}/status`, "utf8"))[1]) * 1024;

function peak({ process } = engine) {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${process.pid}/status`, "utf8"))[1]) * 1024;
}

/* Nested types, each in the one before. */
const nest = (depth) =>
  update([section(7, 0, inRoot(7, [1], "map"), ...repeat(depth - 1, (i) => [0x27, 0, 7, ...uint(i), ...text("k"), 1]))]);
const typing = (n) => repeat(n, (i) => update([section(3, i, i === 0 ? string("a") : behind(3, i - 1, "a"))]));

/* Taken, but at a price that is bounded: CPU seconds, and memory as a multiple of the bytes. */
const bounded = {
  "50,000 root names": [[update([section(7, 0, ...repeat(50000, (i) => inRoot(4, text("a"), `r${i}`)))])]],
  "50,000 clients, and typing among them": [[update(repeat(50000, (i) => section(60000 - i, 0, string("a")))), ...typing(2000)]],
  "20,000 nested types, deleted": [[nest(20000), update([], [1, 7, 1, 0, 1])]],
  "100,000 keys of a map": [[update([section(7, 0, ...repeat(100000, (i) => [0x28, 1, ...text("map"), ...text(`k${i}`), 1, 126]))])]],
  "100,000 values of one key": [
    [update([section(7, 0, [0x28, 1, ...text("map"), ...text("k"), 1, 126], ...repeat(99999, (i) => [0xa8, 7, ...uint(i), 1, 126]))])],
  ],
  "200,000 unit deletes of one text, backwards": [
    [
      update([section(7, 0, string("x".repeat(400000)))]),
      update([], [1, 7, ...uint(200000), ...repeat(200000, (i) => [...uint(399998 - 2 * i), 1]).flat()]),
    ],
  ],
  "the same inside one text of pairs": [
    [
      update([section(7, 0, string("😀".repeat(20000)))]),
      update([], [1, 7, ...uint(10000), ...repeat(10000, (i) => [...uint(39996 - 4 * i), 2]).flat()]),
    ],
  ],
  "30,000 updates that wait, backwards": [
    repeat(30000, (i) => update([section(7, 30000 - i, behind(7, 29999 - i, "a"))])),
  ],
  "30,000 updates that wait, forwards": [repeat(30000, (i) => update([section(7, 2 * i + 1, behind(7, 2 * i, "a"))]))],
  "14,000 clients of whom each waits for the next": [
    [...repeat(14000, (i) => update([section(i + 1, 0, behind(i + 2, 0, "a"))])), update([section(14001, 0, string("z"))])],
  ],
  "60,000 deletes of one future, then typing towards it": [
    [
      update([section(7, 0, string("a"))]),
      update([], [1, 7, ...uint(60000), ...repeat(60000, (i) => [1, ...uint(1000000 + i)]).flat()]),
      ...repeat(2000, (i) => update([section(7, i + 1, behind(7, i, "b"))])),
    ],
  ],
  "deletes of what never comes": [repeat(20000, (i) => update([], [1, 7, 1, ...uint(5 * i), 3]))],
  "3,000 clients in one place": [[update(repeat(3000, (i) => section(3000 - i, 0, string("a"))))]],
};

for (const [what, [updates]] of Object.entries(bounded)) {
  test(`bounded: ${what}`, async () => {
    engine.close();
    engine = new Engine({ seconds: SECONDS });
    await engine.reset();
    const size = updates.reduce((sum, { length }) => sum + length, 0);
    const memory = rss();
    for (const one of updates) await engine.apply(one);
    const state = await engine.integrated();
    assert.ok(peak() - memory < 64e6 + 60 * size, `${peak() - memory} bytes of memory for ${size}`);
    assert.ok((await engine.waiting()) <= 1 << 20);
    /* yjs itself is quadratic in some of these: it need not load what is long. */
    if (state.length < 50000) Y.applyUpdate(new Y.Doc(), state);
  });
}

test("conflicts beyond all measure stop, and only this document is lost", async () => {
  const n = 40000;
  /* One client writes runs that cannot join; another puts as many items before all of them. */
  const first = update([section(9, 0, ...repeat(n, () => inRoot(5, text("1"))))]);
  const chain = update([section(8, 0, inRoot(5, text("1")), ...repeat(n - 1, (i) => [0x85, 8, ...uint(i), ...text("1")]))]);
  const front = update([section(10, 0, ...repeat(n, () => inRoot(5, text("2"))))]);
  engine.close();
  engine = new Engine({ seconds: SECONDS });
  await engine.apply(chain);
  for (const bytes of [first, front]) {
    try {
      await engine.apply(bytes);
    } catch (error) {
      assert.match(error.message, /too many conflicts/);
    }
  }
  await engine.replay([before]);
  assert.equal(await engine.json("text", "t"), "here before");
});

test("what waits beyond its bound is dropped, and comes again with the next step 2", async () => {
  const whole = repeat(40000, (i) => (i === 0 ? string("a") : behind(7, i - 1, "b")));
  await engine.reset();
  for (let i = 1; i < 40000; i += 1) await engine.apply(update([section(7, i, whole[i])]));
  assert.ok((await engine.waiting()) <= 1 << 20);
  await engine.apply(update([section(7, 0, ...whole)]));
  assert.equal((await engine.json("text", "t")).length, 40000);
  assert.equal(await engine.waiting(), 0);
});

test("thousands of updates of as many clients are merged, and what is merged is cut, in bounded time", async () => {
  engine.close();
  engine = new Engine({ seconds: SECONDS });
  const updates = shuffled(repeat(4000, (i) => update([section(i + 1, 0, string("a"))], [1, ...uint(i + 1), 1, 0, 1])), random(5));
  const whole = await engine.merge(updates);
  assert.equal(Buffer.compare(whole, Buffer.from(Y.mergeUpdates(updates))), 0);
  const sv = Uint8Array.from([...uint(4000), ...repeat(4000, (i) => [...uint(i + 1), 1]).flat()]);
  assert.equal((await engine.diff(whole, sv))[0], 0);
});

/* Where yjs throws or loses its way: https://github.com/yjs/yjs/issues/384, issues/417. */
test("what refers to something that was collected, or is no type, is collected too", async () => {
  const map = [section(7, 0, inRoot(7, [1], "map"), [0x27, 0, 7, 0, ...text("k"), 2], [4, 0, 7, 1, ...text("abc")])];
  const later = {
    "a child of the type": section(8, 0, [4, 0, 7, 1, ...text("x")]),
    "behind its text": section(8, 0, behind(7, 3, "x")),
    "before its text": section(8, 0, [0x44, 7, 3, ...text("x")]),
    "a child of text": section(8, 0, [4, 0, 7, 2, ...text("x")]),
  };
  for (const [what, one] of Object.entries(later)) {
    const updates = [update(map), update([], [1, 7, 1, 0, 1]), update([one])];
    const doc = new Y.Doc();
    for (const bytes of updates) Y.applyUpdate(doc, bytes);
    await engine.replay(updates);
    assert.equal((await engine.state()).toString("hex"), Buffer.from(Y.encodeStateAsUpdate(doc)).toString("hex"), what);
    assert.equal(await engine.waiting(), 0, what);
  }
});

test("other bytes at a clock that is known change nothing", async () => {
  await engine.replay([update([section(7, 0, string("good"))])]);
  const state = await engine.state();
  await engine.apply(update([section(7, 0, string("EVIL"))]));
  await engine.apply(update([section(7, 2, behind(7, 1, "IL"))]));
  assert.deepEqual(await engine.state(), state);
});

test("bytes that name another parent for what is known stay where it stands", async () => {
  await engine.reset();
  await engine.apply(update([section(7, 0, string("abc"))]));
  await engine.apply(update([section(7, 0, inRoot(0x24, [...text("key"), ...text("abcdef")], "other"))]));
  assert.equal(await engine.json("text", "t"), "abcdef");
  const doc = new Y.Doc();
  Y.applyUpdate(doc, await engine.state());
  assert.equal(doc.getText("t").toString(), "abcdef");
});

test("every prefix and every flipped bit of a real update is refused or harmless", async () => {
  const doc = new Y.Doc();
  doc.clientID = 300;
  doc.getText("t").insert(0, "a😀b");
  doc.getMap("map").set("k", [1, { a: null }]);
  doc.getText("t").delete(1, 2);
  const bytes = Y.encodeStateAsUpdate(doc);
  for (let i = 0; i < bytes.length; i++) {
    await assert.rejects(engine.validate(bytes.slice(0, i)), Refused);
    for (let bit = 0; bit < 8; bit++) {
      const flipped = Uint8Array.from(bytes);
      flipped[i] ^= 1 << bit;
      await engine.reset();
      try {
        await engine.apply(flipped);
      } catch (error) {
        assert.ok(error instanceof Refused, error);
      }
      Y.applyUpdate(new Y.Doc(), await engine.integrated());
    }
  }
});
