/*
 * engine_interview.test.mjs - an hour of an interview between stock Yjs clients and a server that is the engine.
 *
 * An interviewer who stays, a candidate who types most, an observer who only reads. The candidate and the observer
 * leave and come back: with their document, after a reload without it, and after having typed offline. The server
 * answers a sync with what the client lacks, and now and then is restarted from its own state, as after a checkpoint.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import * as Y from "yjs";
import { random } from "../lib/random.mjs";
import { Engine } from "./engine.mjs";

const engine = new Engine();
after(() => engine.close());

const SECONDS = 3600;
const LINES = ["def solve(n):\n", "\treturn n * 2\n", "# naïve 😀\n", "for i in range(10):\n", "\tprint(i)\n", "x = 1\n"];

class Person {
  constructor(name, r) {
    Object.assign(this, { name, r, online: false, unsent: [] });
    this.#open(new Y.Doc());
  }

  #open(doc) {
    this.doc = doc;
    doc.on("update", (update, origin) => origin !== "server" && this.unsent.push(update));
  }

  /* A page that was loaded anew: nothing is left but what the server has. */
  reload() {
    this.unsent = [];
    this.#open(new Y.Doc());
  }

  async join(room) {
    this.online = true;
    Y.applyUpdate(this.doc, await engine.integrated(Y.encodeStateVector(this.doc)), "server");
    const mine = Y.encodeStateAsUpdate(this.doc, await engine.sv());
    this.unsent = [];
    await engine.apply(mine);
    room.tell(this, mine);
  }

  async send(room) {
    for (const update of this.unsent.splice(0)) {
      await engine.apply(update);
      room.tell(this, update);
    }
  }

  type() {
    const { r } = this;
    const text = this.doc.getText("file:main.py");
    const at = r.chance(0.7) ? text.length : r.int(text.length + 1);
    if (r.chance(0.25) && text.length > 10) text.delete(r.int(text.length - 5), 1 + r.int(5));
    else if (r.chance(0.05)) this.doc.getMap("files").set(r.pick(["main.py", "util.py"]), { order: r.int(9) });
    else text.insert(at, r.chance(0.1) ? r.pick(LINES) : r.pick([..."abcdefgh ()=\n"]));
  }
}

class Room {
  constructor(people) {
    this.people = people;
  }

  tell(from, update) {
    for (const person of this.people) if (person !== from && person.online) Y.applyUpdate(person.doc, update, "server");
  }
}

async function second(room, r) {
  const [interviewer, candidate, observer] = room.people;
  for (const person of [interviewer, candidate]) {
    if (r.chance(person === candidate ? 0.6 : 0.1)) person.type();
    if (person.online) await person.send(room);
  }
  for (const person of [candidate, observer]) {
    if (!r.chance(1 / 120)) continue;
    if (person.online) {
      person.online = false;
    } else {
      if (r.chance(0.3) && person.unsent.length === 0) person.reload();
      await person.join(room);
    }
  }
  if (r.chance(1 / 300)) await engine.replay([await engine.integrated()]);
}

test("everybody and the server end equal after an hour of leaving and coming back", async () => {
  const r = random(Number(process.env.VIVA_SEED ?? 7));
  const room = new Room(["ann", "bob", "cat"].map((name) => new Person(name, r)));
  await engine.reset();
  for (const person of room.people) await person.join(room);
  for (let i = 0; i < SECONDS; i++) await second(room, r);
  for (const person of room.people) {
    await person.join(room);
    await person.send(room);
  }
  const text = await engine.json("text", "file:main.py");
  assert.ok(text.length > 1000);
  for (const { doc, name } of room.people) {
    assert.equal(doc.getText("file:main.py").toString(), text, name);
    assert.deepEqual(doc.getMap("files").toJSON(), (await engine.json("map", "files")) ?? {}, name);
    assert.equal(Buffer.from(Y.encodeStateVector(doc)).toString("hex"), (await engine.sv()).toString("hex"), name);
  }
  assert.equal(await engine.waiting(), 0);
});
