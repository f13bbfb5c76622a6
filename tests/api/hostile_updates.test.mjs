/*
 * hostile_updates.test.mjs - updates that no Yjs would write: refused with a reason, nothing stored, nobody
 * else notices.
 *
 * Each file of bad updates is sent into a room where somebody types and somebody listens. Before and after it
 * the server's state is fetched and must be the same bytes, and the listener must have heard nothing.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as encoding from "lib0/encoding";
import * as Y from "yjs";
import { api } from "../lib/api.mjs";
import * as frames from "../lib/frames.mjs";
import { random, seed } from "../lib/random.mjs";
import { watch } from "../lib/stack.mjs";

let calm;
let room;
let ann;
let mallory;
let ear;
let doc;
let good;

const updates = (document = "code") => `${room.path}/docs/${document}/updates`;
const send = (body, person = mallory, document) => person.post(updates(document), body);

before(async () => {
  calm = watch();
  ann = await api.signup();
  room = await api.room(ann);
  mallory = await api.guest(room);
  doc = new Y.Doc();
  good = frames.type(doc, "the good text: ä 😀");
  assert.equal((await ann.post(updates(), frames.update(good))).status, 204);
  ear = await ann.socket(`${room.ws}/docs/code`);
});
after(async () => {
  await ear.close();
  calm();
});

/* Messages with something in them; a step 1 only asks for what is missing. */
const shown = () => ear.messages.filter((bytes) => frames.read(bytes).some((m) => m.step !== "step1")).length;

/* Runs `attack` and checks that the room is as it was and that nobody heard of it. */
async function unnoticed(attack) {
  const before = await frames.state(ann, room);
  const heard = shown();
  await attack();
  const now = await frames.state(ann, room);
  assert.deepEqual(now.update, before.update, "the document changed");
  assert.deepEqual(now.vector, before.vector, "the state vector changed");
  /* A word of our own, so that whatever came before it would have been heard. */
  const word = `${Math.random()}`;
  await ann.must(204, "POST", updates(), frames.awareness({ [doc.clientID]: { clock: ++clock, state: { word } } }));
  await ear.next((bytes) => frames.read(bytes).some((m) => m.type === "awareness" && frames.readAwareness(m.bytes).some((s) => s.state?.word === word)));
  assert.equal(shown(), heard + 1, "somebody heard of it");
}
let clock = 0;

async function refused(body, what, statuses = [400, 403, 409, 413, 422]) {
  const res = await send(body);
  assert.ok(statuses.includes(res.status), `${what}: ${res.status} ${res.raw}: ${Buffer.from(body).toString("hex").slice(0, 200)}`);
  assert.ok(res.body.detail?.length > 0 || res.errors.length > 0, `${what} was refused without a reason: ${res.raw}`);
}

const hex = (text) => Uint8Array.from(Buffer.from(text.replace(/[^0-9a-f]/g, ""), "hex"));

/* An update written by hand: write(encoder) the sections, then the delete set. */
function written(write) {
  const encoder = encoding.createEncoder();
  write(encoder, (n) => encoding.writeVarUint(encoder, n), (text) => encoding.writeVarString(encoder, text));
  return encoding.toUint8Array(encoder);
}

/* One client's section with one struct; `body` writes the struct. */
const one = (client, start, body, deletes = [0]) =>
  written((e, uint, text) => {
    [1, 1, client, start].forEach(uint);
    body(e, uint, text);
    deletes.forEach(uint);
  });

const string = (root, value) => (e, uint, text) => {
  encoding.writeUint8(e, 4);
  uint(1);
  text(root);
  text(value);
};
const item = (ref, ...bytes) => (e, uint, text) => {
  encoding.writeUint8(e, ref);
  uint(1);
  text("file:main.py");
  bytes.forEach((b) => encoding.writeUint8(e, b));
};

const BAD = {
  "nothing inside": new Uint8Array(0),
  "one byte": hex("01"),
  "text": Buffer.from("hello"),
  "JSON": Buffer.from('{"hello":1}'),
  "bytes after the end": Buffer.concat([one(7, 0, string("file:main.py", "x")), Buffer.from([0])]),
  "2^31 clients": hex("80 80 80 80 08 00"),
  "2^53 clients": hex("ff ff ff ff ff ff ff 0f"),
  "a number of nine bytes": hex("ff ff ff ff ff ff ff ff 7f"),
  "a number that is longer than it need be": hex("81 80 00 00"),
  "2^31 structs": hex("01 80 80 80 80 08 07 00 00"),
  "2^31 deletes": hex("00 01 07 80 80 80 80 08"),
  "a delete that ends beyond all": hex("00 01 07 01 ff ff ff ff 0f ff ff ff ff 0f"),
  "a clock beyond 2^31": one(7, 2 ** 33, string("file:main.py", "x")),
  "a clock that overflows": one(7, 2 ** 53 - 1, string("file:main.py", "x")),
  "a client twice": written((e, uint, text) => {
    uint(2);
    for (let i = 0; i < 2; i++) {
      [1, 7, i].forEach(uint);
      string("file:main.py", "x")(e, uint, text);
    }
    uint(0);
  }),
  "a client twice in the deletes": hex("00 02 07 01 00 01 07 01 01 01"),
  "an empty text": one(7, 0, string("file:main.py", "")),
  "a deleted length of zero": one(7, 0, item(1, 0)),
  "a GC of length zero": one(7, 0, (e) => [0, 0].forEach((b) => encoding.writeUint8(e, b))),
  "a GC with flags": one(7, 0, (e) => [0x80, 1].forEach((b) => encoding.writeUint8(e, b))),
  "a struct of kind 11": one(7, 0, item(11, 1)),
  "a struct of kind 31": one(7, 0, item(31, 1)),
  "text that is not UTF-8": one(7, 0, item(4, 2, 0xc3, 0x28)),
  "text with half a pair": one(7, 0, item(4, 3, 0xed, 0xa0, 0x80)),
  "text longer than it is": one(7, 0, item(4, 100, 0x61)),
  "JSON that is none": one(7, 0, item(5, 3, 0x7b, 0x7b, 0x7b)),
  "a value of no type": one(7, 0, item(8, 1, 100)),
  "a value of 2^31 parts": one(7, 0, item(8, 0x80, 0x80, 0x80, 0x80, 0x08)),
  "values 5,000 deep": one(7, 0, item(8, 1, ...Array(5000).fill([117, 1]).flat(), 126)),
  "a subdocument": one(7, 0, item(9, 1, 0x61, 118, 0)),
  "a type of kind 99": one(7, 0, item(7, 99)),
  "an XML element": one(7, 0, item(7, 3, 1, 0x61)),
  "a root of another name": one(7, 0, string("elsewhere", "x")),
  "a root without a name": one(7, 0, string("", "x")),
  "a file without a name": one(7, 0, string("file:", "x")),
  "a file with a name of 5,000": one(7, 0, string(`file:${"a".repeat(5000)}`, "x")),
  "a root of prototypes": one(7, 0, string("__proto__", "x")),
  "a file's content outside a file": one(7, 0, string("files\0", "x")),
  "an origin of its own future": one(7, 0, (e, uint, text) => {
    encoding.writeUint8(e, 0x84);
    [7, 5].forEach(uint);
    text("x");
  }),
  "a parent that is itself": one(7, 0, (e, uint, text) => {
    encoding.writeUint8(e, 4);
    [0, 7, 0].forEach(uint);
    text("x");
  }),
  "update format 2": Y.convertUpdateFormatV1ToV2(Y.encodeStateAsUpdate(frames2())),
};

/* A document whose second format cannot be taken for the first. */
function frames2() {
  const other = new Y.Doc();
  for (let i = 0; i < 5; i++) frames.type(other, `line ${i}\n`);
  return other;
}

for (const [what, update] of Object.entries(BAD)) {
  test(`${what}: refused as an update and as a sync step 2`, () =>
    unnoticed(async () => {
      await refused(frames.update(update), what);
      await refused(frames.step2(update), what);
    }));
}

test("bad messages around good updates", () =>
  unnoticed(async () => {
    const mine = frames.update(frames.type(new Y.Doc(), "smuggled"));
    const messages = {
      "an unknown message": hex("09 00"),
      "an unknown sync message": hex("00 09 00"),
      "auth": hex("02 00 01 61"),
      "a query": hex("03"),
      "sync step 1": frames.step1(),
      "a length beyond the body": hex("00 02 ff 7f"),
      "a length of 2^53": hex("00 02 ff ff ff ff ff ff ff 0f"),
      "a cut message": mine.slice(0, -3),
      "one byte of rest": hex("00"),
    };
    for (const [what, message] of Object.entries(messages)) {
      await refused(message, what);
      await refused(frames.concat(mine, message), `a good update, then ${what}`);
    }
    await refused(frames.concat(...Array(1100).fill(frames.awareness({ 7: { state: {} } }))), "1,100 messages");
  }));

test("a good update cut at every byte", () =>
  unnoticed(async () => {
    const other = new Y.Doc();
    const whole = frames.type(other, "cut me in pieces, all of them");
    for (let cut = 1; cut < whole.length; cut++) await refused(frames.update(whole.slice(0, cut)), `the first ${cut} bytes`);
  }));

test("too much at once", () =>
  unnoticed(async () => {
    await refused(new Uint8Array(1048577), "a body of 1 MiB and a byte", [413]);
    await refused(frames.update(one(7, 2 ** 20, string("file:main.py", "x"))), "a clock far behind a gap");
    const many = written((e, uint, text) => {
      uint(5000);
      for (let client = 5000; client > 0; client--) {
        [1, client, 0].forEach(uint);
        string("file:main.py", "x")(e, uint, text);
      }
      uint(0);
    });
    await refused(frames.update(many), "5,000 authors at once");
  }));

const AWARENESS = {
  "no entries but a count": hex("01 01 05"),
  "2^31 entries": hex("01 05 80 80 80 80 08"),
  "a state that is no JSON": frames.awareness({ 9: { state: "{{" } }),
  "an empty state": frames.awareness({ 9: { state: "" } }),
  "a state of 100 kB": frames.awareness({ 9: { state: { a: "x".repeat(100000) } } }),
  "a state 2,000 deep": frames.awareness({ 9: { state: `${"[".repeat(2000)}${"]".repeat(2000)}` } }),
  "fifty clients": frames.awareness(Object.fromEntries(Array.from({ length: 50 }, (_, i) => [i + 1, { state: {} }]))),
  "a clock of 2^53": frames.awareness({ 9: { clock: 2 ** 53 - 1, state: {} } }),
  "bytes after its end": hex("01 08 01 09 01 02 7b 7d 00 00"),
  "invalid UTF-8": hex("01 06 01 09 01 02 c3 28"),
};

/* Yjs deletes them by recursion: eleven bytes would break every browser that has a few thousand in one another. */
test("shared types in code and notes, one or thousands in one another", () =>
  unnoticed(async () => {
    const nested = (doc, depth) => {
      let inner = doc.getMap("files");
      for (let i = 0; i < depth; i++) inner = inner.set("a.py", new Y.Map());
    };
    for (const depth of [1, 2, 8000]) {
      const other = new Y.Doc();
      await refused(frames.update(frames.edit(other, () => nested(other, depth))), `${depth} in one another`, [422]);
    }
    const note = new Y.Doc();
    const embed = frames.edit(note, () => note.getText("notes").insertEmbed(0, new Y.Array()));
    const res = await send(frames.update(embed), ann, "notes");
    assert.equal(res.status, 422);
  }));

test("awareness that is none", () =>
  unnoticed(async () => {
    for (const [what, message] of Object.entries(AWARENESS)) await refused(message, `awareness: ${what}`);
  }));

test("awareness and edits in another's name", () =>
  unnoticed(async () => {
    const own = new Y.Doc();
    Y.applyUpdate(own, good);
    own.clientID = doc.clientID; /* after it: Yjs itself takes another when it meets its own */
    const forged = frames.type(own, "forged");
    const mine = { 4242: { state: { user: { name: "Mallory" } } } };
    const cases = {
      "the client id of somebody else": frames.awareness({ [doc.clientID]: { clock: 1000, state: { user: { name: "Ann" } } } }),
      "somebody else's leaving": frames.awareness({ [doc.clientID]: { clock: 1001, state: null } }),
      "one's own and somebody else's": frames.awareness({ ...mine, [doc.clientID]: { clock: 1002, state: {} } }),
      "an edit with their client id": frames.update(forged),
      "both": frames.concat(frames.update(forged), frames.awareness({ [doc.clientID]: { clock: 1003, state: {} } })),
    };
    for (const [what, body] of Object.entries(cases)) await refused(body, what, [403]);
  }));

test("a candidate reaches notes by no door", async () => {
  const note = frames.edit(new Y.Doc(), (d) => d.getText("notes").insert(0, "hidden"));
  await ann.must(204, "POST", updates("notes"), frames.update(frames.edit(new Y.Doc(), (d) => d.getText("notes").insert(0, "weak"))));
  for (const body of [frames.update(note), frames.step2(note), frames.awareness({ 5: { state: {} } })]) {
    assert.equal((await send(body, mallory, "notes")).problem, "denied");
  }
  assert.equal((await mallory.post(`${room.path}/docs/notes/sync`, frames.step1())).problem, "denied");
  await assert.rejects(mallory.socket(`${room.ws}/docs/notes`), { status: 403 });
});

test("bad sync requests", () =>
  unnoticed(async () => {
    const bad = [new Uint8Array(0), hex("00"), hex("00 00"), hex("00 00 05 01"), hex("00 00 05 80 80 80 80 08"), frames.update(good),
      frames.awareness({ 1: { state: {} } }), frames.step1(hex("01 07")), frames.step1(hex("02 07 01 07 02")),
      frames.concat(frames.step1(), frames.step1()), Buffer.concat([frames.step1(), Buffer.from([0])]), random(seed).bytes(5000)];
    for (const body of bad) {
      const res = await mallory.post(`${room.path}/docs/code/sync`, body);
      assert.ok([400, 413, 422].includes(res.status), `${Buffer.from(body).toString("hex").slice(0, 100)}: ${res.status} ${res.raw}`);
    }
  }));

/* Flipped bits make updates that are right as often as wrong: whatever is taken, real Yjs must be able to read. */
test("a thousand updates with flipped bits leave a document that Yjs reads", async () => {
  const r = random(seed);
  const place = await api.room(ann);
  const source = new Y.Doc();
  const log = [];
  source.on("update", (update) => log.push(update));
  const text = source.getText("file:main.py");
  const files = source.getMap("files");
  for (let i = 0; i < 60; i++) {
    if (r.chance(0.2) && text.length > 2) text.delete(r.int(text.length - 1), 1);
    else if (r.chance(0.1)) files.set(`f${r.int(5)}`, { n: r.int(100), s: "ä" });
    else text.insert(r.int(text.length + 1), r.pick(["a", "word ", "\n", "😀"]));
  }
  const at = `${place.path}/docs/code/updates`;
  let taken = 0;
  for (let i = 0; i < 1000; i++) {
    const update = Uint8Array.from(r.pick(log));
    for (let n = 1 + r.int(3); n > 0; n--) update[r.int(update.length)] ^= 1 << r.int(8);
    const res = await ann.post(at, frames.update(update));
    assert.ok(res.status < 500, `seed ${seed}, case ${i}: ${res.status} ${res.raw}`);
    if (res.status !== 204) continue;
    taken++;
    if (taken % 20 === 0) await frames.state(ann, place);
  }
  assert.ok(taken > 0, "none was taken: the test does not test what it says");
  const { doc: read } = await frames.state(ann, place);
  read.getText("file:main.py").toString();
  read.getMap("files").toJSON();
  /* And it can still be edited. */
  const before = read.getText("file:main.py").length;
  const edit = frames.type(read, "still alive", { at: 0 });
  await ann.must(204, "POST", at, frames.update(edit));
  assert.equal((await frames.state(ann, place)).doc.getText("file:main.py").length, before + "still alive".length);
});
