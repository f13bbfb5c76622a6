/*
 * provider.test.mjs - the app's provider against the running stack: what it promises a person who types.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import WebSocket from "ws";
import { api, waitFor } from "../lib/api.mjs";
import * as frames from "../lib/frames.mjs";
import { redis } from "../lib/redis.mjs";
import { edit, Editor, level, Y } from "./client.mjs";
import { typeFor } from "./people.mjs";

async function pair(options) {
  const room = await api.room(await api.signup());
  const bob = await api.guest(room);
  return { room, bob, ann: await edit(room.owner, room, options), ben: await edit(bob, room, options) };
}

/* Nothing of its own makes it look: only the room's word, or ours. */
const INCURIOUS = { witness: 2 ** 30, idleCheck: 2 ** 30, check: 2 ** 30, echo: 2 ** 30 };

/* fetch that counts what it posts and can be broken. */
function network() {
  const net = { updates: 0, syncs: 0, answered: 0, largest: 0, broken: null };
  net.fetch = async (url, options) => {
    if (net.broken) return net.broken(url, options);
    net[url.endsWith("/sync") ? "syncs" : "updates"]++;
    net.largest = Math.max(net.largest, options.body.length);
    return fetch(url, options).finally(() => url.endsWith("/sync") && net.answered++);
  };
  return net;
}

/* A socket that can go deaf: TCP is alive, and messages for which `deaf` is true are not heard. */
class Ear extends WebSocket {
  deaf = () => false;

  get onmessage() {
    return super.onmessage;
  }

  set onmessage(heard) {
    super.onmessage = (event) => this.deaf(new Uint8Array(event.data)) || heard?.(event);
  }
}

/* How to open such sockets; the list of them so far. */
function ears() {
  const all = [];
  return { all, socket: (url, headers) => all[all.push(new Ear(url, { headers })) - 1] };
}

const down = () => Promise.reject(new TypeError("fetch failed"));

test("an edit reaches the other side, and `saved` means that the server has it", async () => {
  const { ann, ben, room } = await pair();
  ann.text().insert(0, "hello");
  assert.equal(ann.status.state, "pending");
  assert.equal(ann.status.pending, 1);
  await ann.whenSaved();
  assert.equal(ann.status.pending, 0);
  assert.ok(ann.status.latencyMs > 0);
  await waitFor(() => ben.text().toString() === "hello");
  assert.equal((await edit(await api.guest(room), room)).text().toString(), "hello");
});

test("edits made while a request is on its way go together with the next", async () => {
  const { room } = await pair();
  const net = network();
  const ann = await edit(room.owner, room, { fetch: net.fetch, awareness: null });
  for (let i = 0; i < 200; i++) ann.text().insert(i, "x");
  await ann.whenSaved();
  assert.ok(net.updates <= 4, `200 edits at once took ${net.updates} requests`);
});

test("edits and deletes of an hour without network arrive afterwards", async () => {
  const { room, ben } = await pair();
  const net = network();
  const ann = await edit(room.owner, room, { fetch: net.fetch });
  ann.text().insert(0, "one two three");
  await level([ann, ben]);

  net.broken = down;
  ann.cut();
  ann.text().delete(3, 4);
  for (let i = 0; i < 500; i++) ann.text().insert(ann.text().length, "!");
  ben.text().insert(0, "ben: ");
  await waitFor(() => ann.status.state === "reconnecting");
  assert.equal(ann.status.pending, 501);
  net.broken = null;
  const { texts } = await level([ann, ben]);
  assert.equal(texts[0][1], `ben: one three${"!".repeat(500)}`);
  assert.equal(ann.status.state, "saved");
});

test("a delete alone, made offline, arrives as well", async () => {
  const { ann, ben } = await pair();
  ann.text().insert(0, "keep drop");
  await level([ann, ben]);
  ann.disconnect();
  assert.equal(ann.status.state, "offline");
  ann.text().delete(4, 5);
  ann.connect();
  await waitFor(() => ben.text().toString() === "keep");
});

test("what was never sent before a page was reloaded is sent by the next page", async () => {
  const { room, ben } = await pair();
  const net = network();
  const before = await edit(room.owner, room, { fetch: net.fetch });
  before.text().insert(0, "sent ");
  await before.whenSaved();
  net.broken = down;
  before.text().insert(5, "unsent");
  before.text().delete(0, 1);
  const stored = Y.encodeStateAsUpdate(before.doc);
  before.leave();

  const doc = new Y.Doc();
  const persistence = {};
  persistence.whenSynced = new Promise((done) => setTimeout(done, 20)).then(() => Y.applyUpdate(doc, stored, persistence));
  const reloaded = await edit(room.owner, room, { doc, persistence });
  await reloaded.whenSaved();
  assert.equal(reloaded.text().toString(), "ent unsent");
  await waitFor(() => ben.text().toString() === "ent unsent");
  /* Under its new client id it goes on. */
  reloaded.text().insert(0, "s");
  await level([reloaded, ben]);
});

test("a sync of a document that is level sends nothing", async () => {
  const { room, ben } = await pair();
  ben.text().insert(0, "abc");
  ben.text().delete(1, 1);
  ben.files.set("main.py", 1);
  ben.files.set("main.py", 2);
  await ben.whenSaved();
  const net = network();
  const ann = await edit(room.owner, room, { fetch: net.fetch, awareness: null });
  for (let want = net.syncs + 1; want < 6; want++) {
    ann.resync();
    await waitFor(() => net.syncs >= want);
  }
  await waitFor(() => net.answered === net.syncs);
  assert.equal(net.updates, 0);
});

test("a paste of two megabytes goes in parts, none above what the server takes", async () => {
  const { room, ben } = await pair();
  const net = network();
  const ann = await edit(room.owner, room, { fetch: net.fetch });
  ann.text().insert(0, "größe 😀\n".repeat(150_000));
  await ann.whenSaved();
  assert.ok(net.updates >= 2);
  assert.ok(net.largest <= 1024 * 1024, `${net.largest} bytes in one request`);
  await level([ann, ben]);
});

test("names and cursors reach everybody, a newcomer too, and go when somebody goes", async () => {
  const { room, ann, ben } = await pair();
  const sees = (editor, other, name) => () => editor.awareness.getStates().get(other.doc.clientID)?.user?.name === name;
  ann.awareness.setLocalStateField("user", { name: "Ann" });
  ben.awareness.setLocalStateField("user", { name: "Ben" });
  await waitFor(sees(ann, ben, "Ben"));
  await waitFor(sees(ben, ann, "Ann"));
  const eve = await edit(await api.guest(room, "observer"), room, { readOnly: true });
  await waitFor(sees(eve, ann, "Ann"));
  await waitFor(sees(eve, ben, "Ben"));
  ben.leave();
  await waitFor(() => !ann.awareness.getStates().has(ben.doc.clientID));
});

test("a 401 asks for another sign-in once, and goes on with it", async () => {
  const { room, ben } = await pair();
  const { owner } = room;
  let token = "not a token";
  let asked = 0;
  const ann = await edit(owner, room, {
    headers: () => ({ authorization: `Bearer ${token}` }),
    onUnauthorized: () => {
      asked++;
      token = owner.token;
      return true;
    },
  });
  ann.text().insert(0, "in");
  await waitFor(() => ben.text().toString() === "in");
  assert.equal(asked, 1);
  await waitFor(() => ann.status.state === "saved", { what: "the socket, too, to be opened with the new token" });
});

test("without a new sign-in a 401 is the end, and so is another room", async () => {
  const { room } = await pair();
  const nobody = new Editor(room.owner, room, { headers: () => ({}) });
  await assert.rejects(nobody.whenSynced(), /^Error: denied/);
  const stranger = await api.guest(await api.room(await api.signup()));
  const outside = new Editor(stranger, room);
  await assert.rejects(outside.whenSynced(), /^Error: denied/);
  assert.ok([403, 404].includes(outside.status.reason.status));
});

/* Without `clients` the server knows no more whose client ids are whose; with them and leases, each may send their own only. */
for (const lost of [["log", "clocks", "clients"], ["log", "clocks"]]) {
  test(`what the server lost (${lost.join(", ")}), those who are there bring back`, () => losing(lost));
}

async function losing(lost) {
  const { room, bob, ann, ben } = await pair({ timing: INCURIOUS });
  for (const person of [room.owner, bob]) {
    const connection = randomBytes(16).toString("base64url");
    await person.must(200, "POST", `${room.path}/presence`, { connection, state: "here" });
  }
  ann.text().insert(0, "ann ");
  ben.text().insert(0, "ben ");
  ann.text().delete(1, 1);
  const before = await level([ann, ben]);

  const keys = lost.map((key) => `doc:{${room.id}}:code:${key}`);
  assert.equal(Number(redis("DEL", ...keys)), lost.length);
  const stranger = await api.guest(room);
  assert.deepEqual((await edit(stranger, room)).content.texts, [], "it is lost indeed");

  ann.resync();
  ben.resync();
  await waitFor(async () => {
    const reader = await edit(stranger, room, { awareness: null });
    const { content } = reader;
    reader.leave();
    return JSON.stringify(content) === JSON.stringify(before);
  });
  ann.text().insert(0, "on: ");
  await level([ann, ben]);
}

test("an ended room can be read; an edit is refused and told", async () => {
  const { room, ann, ben } = await pair();
  ann.text().insert(0, "last words");
  await level([ann, ben]);
  await room.owner.must(200, "POST", `${room.path}/end`);
  ben.text().insert(0, "too late: ");
  await waitFor(() => ben.status.state === "ended");
  const reader = await edit(room.owner, room, { readOnly: true });
  assert.equal(reader.text().toString(), "last words");
});

test("a socket that hears nothing any more is replaced, though it looks open", async () => {
  const { room, ben } = await pair();
  const { all, socket } = ears();
  /* Without awareness it has nothing to say yet, and waits for no echo that might be late. */
  const ann = await edit(room.owner, room, { socket, timing: { echo: 300 }, awareness: null });
  assert.equal(all.length, 1);
  all[0].deaf = () => true;
  ben.text().insert(0, "unheard");
  await ben.whenSaved();
  ann.text().insert(0, "echo? ");
  await waitFor(() => all.length >= 2, { what: "another socket" });
  const { texts } = await level([ann, ben]);
  assert.match(texts[0][1], /unheard/);
});

test("a single message that is lost on the way shows as a gap, and is fetched", async () => {
  const { room, ben } = await pair();
  const { all, socket } = ears();
  const net = network();
  const ann = await edit(room.owner, room, { socket, fetch: net.fetch, awareness: null });
  const { syncs } = net;
  let lost = 0;
  all[0].deaf = ([kind]) => kind === 0 && lost++ === 0;
  ben.text().insert(0, "lost ");
  await ben.whenSaved();
  await waitFor(() => lost > 0);
  ben.text().insert(5, "found");
  await waitFor(() => ann.text().toString() === "lost found");
  assert.equal(all.length, 1);
  assert.ok(net.syncs > syncs, "it was fetched");
});

test("an answer of 503 is waited out as long as it says", async () => {
  const { room, ben } = await pair();
  const net = network();
  const ann = await edit(room.owner, room, { fetch: net.fetch });
  let refused = 0;
  net.broken = async () => (refused++, new Response(null, { status: 503, headers: { "retry-after": "1" } }));
  const from = performance.now();
  ann.text().insert(0, "patience");
  await waitFor(() => refused === 1);
  net.broken = null;
  await ann.whenSaved();
  assert.ok(performance.now() - from >= 1000, "it came back before the second was over");
  await waitFor(() => ben.text().toString() === "patience");
});

test("an edit that the server refuses for good is told as an error, after one full sync", async () => {
  const { room } = await pair();
  const net = network();
  const ann = await edit(room.owner, room, { fetch: net.fetch });
  const syncs = net.syncs;
  ann.doc.getMap("no such root").set("a", 1);
  await waitFor(() => ann.status.state === "error");
  assert.ok(ann.status.reason.status === 422 || ann.status.reason.status === 400, `status ${ann.status.reason.status}`);
  assert.equal(net.syncs, syncs + 1);
});

/* A socket on which every "good" arrives as an "evil". */
class Liar extends WebSocket {
  get onmessage() {
    return super.onmessage;
  }

  set onmessage(heard) {
    super.onmessage = (event) => {
      const bytes = Buffer.from(event.data);
      for (let at; (at = bytes.indexOf("good")) >= 0; ) bytes.write("evil", at);
      heard?.({ data: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) });
    };
  }
}

test("a document that says something else than the server's with the same edits is found out", async () => {
  const { room, ben } = await pair();
  const ann = await edit(room.owner, room, { socket: (url, headers) => new Liar(url, { headers }), timing: { witness: 400 } });
  let unsent;
  ann.on("diverged", (how) => (unsent = how));
  ann.text("other.py").insert(0, "mine");
  ben.text().insert(0, "a good word");
  await waitFor(() => ann.status.state === "diverged");
  assert.equal(ann.text().toString(), "a evil word");

  /* It tells what a new document must not be without. */
  ann.text("other.py").insert(4, " and more");
  const doc = new Y.Doc();
  unsent().forEach((update) => Y.applyUpdate(doc, update));
  const anew = await edit(room.owner, room, { doc });
  const { texts } = await level([anew, ben]);
  assert.deepEqual(texts, [["file:main.py", "a good word"], ["file:other.py", "mine and more"]]);
});

test("it is found out while others type on: an answer counts for any state in which the document stood meanwhile", async () => {
  const { room, ben } = await pair();
  let ann;
  let asked = 0;
  const types = async (n) => {
    for (let i = 0; i < n; i++) {
      ben.text("other.py").insert(0, "x");
      await ben.whenSaved();
    }
    const whole = ben.text("other.py").length;
    await waitFor(() => ann.text("other.py").length === whole);
  };
  const slowly = async (url, options) => {
    if (!url.endsWith("/state")) return fetch(url, options);
    asked++;
    await types(2);
    const reply = await fetch(url, options);
    const body = await reply.arrayBuffer();
    await types(2);
    return new Response(body, { status: reply.status, headers: reply.headers });
  };
  ann = await edit(room.owner, room, { fetch: slowly, awareness: null, socket: (url, headers) => new Liar(url, { headers }), timing: { witness: 100 } });
  await waitFor(() => asked > 0);
  ben.text().insert(0, "a good word");
  await waitFor(() => ann.text().length > 0);
  const before = asked;
  await waitFor(() => ann.status.state === "diverged");
  /* One that was on its way already, and one that was asked then. */
  assert.ok(asked <= before + 1, `${asked - before} more answers`);
});

test("documents are compared while something happens, and not while nothing does", async () => {
  const { room, ben } = await pair();
  const net = network();
  let asked = 0;
  const counting = (url, options) => {
    if (!url.endsWith("/state")) return net.fetch(url, options);
    asked++;
    return fetch(url, options);
  };
  const ann = await edit(room.owner, room, { fetch: counting, awareness: null, timing: { witness: 100 } });
  await waitFor(async () => {
    await typeFor(ben, 500, { seed: 1, gap: 20 });
    return asked > 3;
  });
  await level([ann, ben]);
  /* The last thing that happened is looked at once more; then there is silence: fifteen times as long as it ever waits. */
  await waitFor(async () => {
    const before = asked;
    await new Promise((wake) => setTimeout(wake, 1500));
    return asked === before;
  }, { what: "silence" });
  assert.equal(ann.status.state, "saved");
});

test("an edit that never reached the server, though it was answered, is asked for by the room and sent", async () => {
  const { room, bob, ben } = await pair();
  let lie = false;
  const lying = (url, options) => {
    if (!lie || !url.endsWith("/updates")) return fetch(url, options);
    lie = false;
    return Promise.resolve(new Response(null, { status: 204 }));
  };
  const ann = await edit(room.owner, room, { fetch: lying, timing: INCURIOUS, awareness: null });
  ann.text().insert(0, "first ");
  await level([ann, ben]);
  lie = true;
  ann.text().insert(6, "lost");
  await ann.whenSaved();

  /* Somebody refers to it without having it from the server. */
  const behind = new Y.Doc();
  Y.applyUpdate(behind, Y.encodeStateAsUpdate(ann.doc));
  const before = Y.encodeStateVector(behind);
  behind.getText("file:main.py").insert(10, "!");
  const body = frames.update(Y.encodeStateAsUpdate(behind, before));
  const post = () => bob.post(`${room.path}/docs/code/updates`, body);
  assert.equal((await post()).status, 409);
  await waitFor(() => ben.text().toString() === "first lost");
  assert.equal((await post()).status, 204);
  await waitFor(() => ben.text().toString() === "first lost!");
  await level([ann, ben]);
});
