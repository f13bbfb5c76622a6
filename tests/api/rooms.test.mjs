/*
 * rooms.test.mjs - rooms, how one gets in and out, who is there, what is said.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { before, test } from "node:test";
import { api, origin, waitFor } from "../lib/api.mjs";
import { quote, sql } from "../lib/database.mjs";
import { es256, parts } from "../lib/token.mjs";

let ann;

before(async () => (ann = await api.signup({ name: "Ann" })));

const connection = () => randomBytes(16).toString("base64url");
const here = (person, room, id = connection()) => person.post(`${room.path}/presence`, { connection: id, state: "here" });
const gone = (person, room, id) => person.post(`${room.path}/presence`, { connection: id, state: "gone" });
const names = (list) => list.map((p) => p.name).sort();
const join = (person, invite, name) => person.post("/api/join", { invite, ...(name && { name }) });

test("a new room has its owner in it", async () => {
  const res = await ann.post("/api/rooms", { title: "Pairing", language: "javascript", restricted: false });
  assert.equal(res.status, 201);
  const { id, me, created_at } = res.body;
  const owner = { id: me, room: id, name: "Ann", role: "owner", guest: false };
  const room = { id, title: "Pairing", language: "javascript", restricted: false, role: "owner", me, created_at, participants: [owner] };
  assert.deepEqual(res.body, room);
  assert.deepEqual((await ann.get(`/api/rooms/${id}`)).body, room);
  assert.ok(Math.abs(new Date(created_at) - Date.now()) < 60_000);
});

test("a room speaks Python unless told, and only what runs here", async () => {
  assert.equal((await ann.post("/api/rooms", { title: "x" })).body.language, "python");
  const room = await api.room(ann);
  for (const res of [await ann.post("/api/rooms", { title: "x", language: "cobol" }), await ann.patch(room.path, { language: "cobol" })]) {
    assert.deepEqual([res.status, res.errors[0].pointer], [422, "/language"]);
  }
});

test("guests do not open rooms, and nobody does who is not signed in", async () => {
  const bob = await api.guest(await api.room(ann), "interviewer");
  assert.equal((await bob.post("/api/rooms", { title: "x" })).problem, "denied");
  assert.equal((await bob.get("/api/rooms")).problem, "denied");
  assert.equal((await api.anyone().post("/api/rooms", { title: "x" })).problem, "unauthenticated");
});

test("the list shows one's own rooms, newest first, page by page", async () => {
  const cas = await api.signup({ name: "Cas" });
  const ids = [];
  for (let i = 0; i < 53; i++) ids.unshift((await api.room(cas, { title: `Room ${i}` })).id);
  const { body: one } = await cas.get("/api/rooms");
  const { body: two } = await cas.get(`/api/rooms?before=${one.next_before}`);
  assert.equal(one.rooms.length, 50);
  assert.equal(two.next_before, undefined);
  assert.deepEqual([...one.rooms, ...two.rooms].map((room) => room.id), ids);
});

test("the list tells of each room who is in it and how much was run", async () => {
  const cas = await api.signup({ name: "Cas" });
  const room = await api.room(cas, { title: "Full" });
  for (let i = 0; i < 9; i++) await api.guest(room, "candidate", { name: `Guest ${i}` });
  await api.run(cas, room, "print(1)");
  await api.room(ann);
  const { rooms } = (await cas.get("/api/rooms")).body;
  assert.equal(rooms.length, 1);
  assert.deepEqual(rooms[0].people, Array.from({ length: 8 }, (_, i) => `Guest ${i}`));
  assert.deepEqual([rooms[0].runs, rooms[0].role, rooms[0].title], [1, "owner", "Full"]);
});

test("a change of title or language is told to everyone", async () => {
  const room = await api.room(ann);
  const [bob, eve] = [await api.guest(room, "candidate"), await api.guest(room, "observer")];
  const ear = await eve.socket(`${room.ws}/events`);
  const { body } = await bob.patch(room.path, { language: "javascript" });
  assert.deepEqual([body.language, body.title, body.role], ["javascript", "Pairing", "candidate"]);
  await bob.must(200, "PATCH", room.path, { title: "Graphs" });
  const event = await ear.next((e) => e.type === "room" && e.title === "Graphs");
  assert.deepEqual(event, { type: "room", title: "Graphs", language: "javascript", restricted: false });
  assert.equal((await eve.patch(room.path, { title: "Mine" })).problem, "denied");
  assert.equal((await ann.get(room.path)).body.title, "Graphs");
  await ear.close();
});

test("an invite is a link into the app whose secret stays in the browser", async () => {
  const room = await api.room(ann);
  const invite = await ann.must(201, "POST", `${room.path}/invites`, { role: "candidate" });
  assert.match(invite.url, /^https?:\/\/[^/]+\/join#[A-Za-z0-9_-]{22}$/);
  assert.equal(new URL(invite.url).origin, origin);
  assert.ok(new Date(invite.expires_at) - Date.now() > 6 * 86_400_000);
  const { token } = await api.inviteLink(room);
  assert.notEqual(token, new URL(invite.url).hash.slice(1), "each its own");
});

test("a guest comes in with a name alone, in the invite's role", async () => {
  const room = await api.room(ann);
  for (const role of ["interviewer", "candidate", "observer"]) {
    const bob = await api.guest(room, role, { name: `Bob the ${role}` });
    assert.deepEqual(bob.participant, { id: bob.id, room: room.id, name: `Bob the ${role}`, role, guest: true });
    const { body } = await bob.get(room.path);
    assert.deepEqual([body.role, body.me], [role, bob.id]);
    assert.equal((await bob.get(room.path, { by: "cookie" })).status, 200);
  }
  assert.equal((await ann.get(room.path)).body.participants.length, 4);
});

test("a link that has expired lets nobody in", async () => {
  const room = await api.room(await api.signup());
  const { token: invite } = await api.inviteLink(room);
  sql(`UPDATE invite SET expires_at = now() WHERE room_id = ${quote(room.id)}`);
  const res = await api.anyone().post("/api/join", { invite, name: "Bob" });
  assert.deepEqual([res.status, res.problem], [410, "gone"]);
});

test("a guest must have a name, and a link that is known", async () => {
  const room = await api.room(ann);
  const res = await join(api.anyone(), await api.invite(room));
  assert.deepEqual([res.status, res.errors[0].pointer], [422, "/name"]);
  assert.equal((await join(api.anyone(), "A".repeat(22), "Bob")).problem, "not-found");
});

test("an account joins as itself, twice as well as once, and keeps its session", async () => {
  const [room, cas] = [await api.room(ann), await api.signup({ name: "Cas" })];
  const invite = await api.invite(room, "candidate");
  const [one, two] = await Promise.all([join(cas, invite), join(cas, invite)]);
  const third = await join(cas, invite, "Another name");
  for (const res of [one, two, third]) {
    assert.equal(res.status, 201);
    assert.deepEqual(res.body.participant, { ...one.body.participant, name: "Cas", role: "candidate", guest: false });
    assert.equal(res.body.refresh_token, undefined, "joining is no way to a longer session");
    assert.equal((await api.anyone().get(room.path, { token: res.body.access_token })).status, 200);
  }
  assert.equal((await ann.get(room.path)).body.participants.length, 2);
  assert.deepEqual((await cas.get("/api/rooms")).body.rooms.map((r) => r.id), [room.id]);
});

test("the access token that joining hands out ends when the caller's own does", async () => {
  const [room, cas] = [await api.room(ann), await api.signup({ name: "Cas" })];
  const [header, claims] = parts(cas.token);
  const exp = Math.floor(Date.now() / 1000) + 120;
  const res = await cas.post("/api/join", { invite: await api.invite(room, "candidate") }, { token: es256(header, { ...claims, exp }) });
  assert.equal(res.status, 201);
  assert.ok(parts(res.body.access_token)[1].exp <= exp, "joining is no way to a longer session");
  assert.ok(res.body.expires_in <= 120);
});

test("an account whose access token has run out is told to refresh, and not made a guest", async () => {
  const [room, cas] = [await api.room(ann), await api.signup({ name: "Cas" })];
  const invite = await api.invite(room, "candidate");
  for (const name of cas.cookies.keys()) if (!/refresh/.test(name)) cas.cookies.delete(name);
  assert.equal((await cas.post("/api/join", { invite }, { by: "cookie" })).problem, "unauthenticated");
  assert.equal((await cas.request("POST", "/api/auth/refresh", undefined, { by: "cookie" })).status, 200);
  const { body } = await cas.post("/api/join", { invite }, { by: "cookie" });
  assert.deepEqual([body.participant.name, body.participant.guest], ["Cas", false]);
});

test("who opens a second link has the higher of both roles", async () => {
  const [room, cas] = [await api.room(ann), await api.signup()];
  const roles = [];
  for (const role of ["observer", "interviewer", "candidate"]) {
    roles.push((await join(cas, await api.invite(room, role))).body.participant.role);
  }
  assert.deepEqual(roles, ["observer", "interviewer", "interviewer"]);
  assert.equal((await join(ann, await api.invite(room, "observer"))).body.participant.role, "owner");
  assert.equal((await cas.post(`${room.path}/invites`, { role: "candidate" })).status, 201, "and may what it says, at once");
});

test("a guest who opens the link again is the same guest; in another room another", async () => {
  const [room, elsewhere] = [await api.room(ann), await api.room(ann)];
  const bob = await api.guest(room, "candidate", { name: "Bob" });
  const again = await join(bob, await api.invite(room, "candidate"), "Robert");
  assert.deepEqual(again.body.participant, bob.participant);
  const there = await join(bob, await api.invite(elsewhere, "observer"), "Bob");
  assert.notEqual(there.body.participant.id, bob.id);
  assert.equal((await api.anyone().get(room.path, { token: there.body.access_token })).status, 404);
  assert.equal((await api.anyone().get(elsewhere.path, { token: there.body.access_token })).status, 200);
});

test("a guest who leaves is out, and its tokens are worth nothing", async () => {
  const room = await api.room(ann);
  const bob = await api.guest(room);
  const ear = await ann.socket(`${room.ws}/events`);
  await here(bob, room);
  await ear.next((e) => e.type === "presence" && e.participants.some((p) => p.id === bob.id));
  assert.equal((await bob.post(`${room.path}/leave`)).status, 204);
  await ear.next((e) => e.type === "presence" && !e.participants.some((p) => p.id === bob.id));
  assert.equal((await bob.get(room.path)).status, 401);
  const { refresh_token } = bob.session;
  assert.equal((await api.anyone().post("/api/auth/refresh", { refresh_token })).status, 401);
  await ear.close();
});

test("an account that left may come back by a link, as who it was", async () => {
  const [room, cas] = [await api.room(ann), await api.signup()];
  const { participant } = await api.join(cas, room, "candidate");
  assert.equal((await cas.post(`${room.path}/leave`)).status, 204);
  assert.equal((await cas.get(room.path)).problem, "not-found");
  assert.deepEqual((await cas.get("/api/rooms")).body.rooms, []);
  assert.deepEqual((await api.join(cas, room, "candidate")).participant, participant);
  assert.equal((await cas.get(room.path)).status, 200);
});

test("the owner only steps out: a room keeps somebody who can end it", async () => {
  const room = await api.room(ann);
  await here(ann, room);
  assert.equal((await ann.post(`${room.path}/leave`)).status, 204);
  const bob = await api.guest(room);
  assert.deepEqual(names((await here(bob, room)).body.participants), ["Bob"]);
  assert.equal((await ann.post(`${room.path}/end`)).status, 200);
});

test("interviewers restrict what programs may use; others are told, and cannot change it", async () => {
  const room = await api.room(ann);
  const [bob, ivy] = [await api.guest(room), await api.guest(room, "interviewer")];
  const ear = await bob.socket(`${room.ws}/events`);
  assert.equal((await bob.patch(room.path, { restricted: true })).problem, "denied");
  assert.equal((await bob.patch(room.path, { restricted: false, title: "Mine" })).problem, "denied");
  assert.deepEqual((await ivy.patch(room.path, { restricted: true })).body.restricted, true);
  assert.equal((await ear.next((e) => e.type === "room")).restricted, true);
  const after = (await bob.patch(room.path, { title: "Graphs" })).body;
  assert.deepEqual([after.restricted, after.title], [true, "Graphs"]);
  assert.equal((await ann.patch(room.path, { restricted: false })).body.restricted, false);
  assert.equal((await ann.post("/api/rooms", { title: "x", restricted: true })).body.restricted, true);
  await ear.close();
});

test("ending is told to everyone, and ending twice is no error", async () => {
  const room = await api.room(ann);
  const bob = await api.guest(room);
  const ear = await bob.socket(`${room.ws}/events`);
  const { status, body } = await ann.post(`${room.path}/end`);
  assert.equal(status, 200);
  const event = await ear.next((e) => e.type === "room");
  assert.equal(event.ended_at, body.ended_at);
  assert.equal((await ann.post(`${room.path}/end`)).body.ended_at, body.ended_at);
  assert.equal((await bob.get(room.path)).body.ended_at, body.ended_at);
  await ear.close();
});

test("an ended room takes no edits, and its links let nobody in who was not there", async () => {
  const [room, cas] = [await api.room(ann), await api.signup()];
  const bob = await api.guest(room);
  const invite = await api.invite(room);
  await api.join(cas, room, "candidate");
  await ann.must(200, "POST", `${room.path}/end`);
  for (const [path, body] of [["", { title: "x" }], ["/invites", { role: "observer" }], ["/chat", { text: "x" }],
    ["/runs", { language: "python", files: [{ path: "main.py", content: "" }] }]]) {
    const res = await ann.request(path === "" ? "PATCH" : "POST", room.path + path, body);
    assert.equal(res.problem, "gone", path);
  }
  assert.equal((await join(api.anyone(), invite, "Late")).problem, "gone");
  assert.equal((await join(await api.signup(), invite)).problem, "gone");
  assert.equal((await join(cas, invite)).status, 201);
  assert.equal((await bob.get(`${room.path}/chat`)).status, 200);
});

test("a room holds 200 people", async () => {
  const room = await api.room(ann);
  const invite = await api.invite(room, "observer");
  const enter = () => join(api.anyone(), invite, "One of many");
  for (let i = 0; i < 19; i++) {
    for (const res of await Promise.all(Array.from({ length: 10 }, enter))) assert.equal(res.status, 201);
  }
  for (let i = 0; i < 9; i++) assert.equal((await enter()).status, 201);
  assert.equal((await enter()).problem, "conflict");
  assert.equal((await ann.get(room.path)).body.participants.length, 200);
});

test("presence is told to everyone as it changes, one entry for all pages of a person", async () => {
  const room = await api.room(ann);
  const bob = await api.guest(room);
  const ear = await ann.socket(`${room.ws}/events`);
  const pages = [connection(), connection()];
  assert.deepEqual(names((await here(ann, room)).body.participants), ["Ann"]);
  for (const page of pages) await here(bob, room, page);
  const both = await ear.next((e) => e.type === "presence" && e.participants.length === 2);
  assert.deepEqual(both.participants.find((p) => p.id === bob.id), bob.participant);

  await gone(bob, room, pages[0]);
  assert.deepEqual(names((await here(ann, room)).body.participants), ["Ann", "Bob"], "one page is left");
  const left = await gone(bob, room, pages[1]);
  assert.deepEqual(names(left.body.participants), ["Ann"]);
  const last = await waitFor(() => ear.messages.at(-1)?.participants?.length === 1 && ear.messages.at(-1));
  assert.deepEqual(names(last.participants), ["Ann"]);
  assert.deepEqual(ear.messages.map((e) => e.participants.length), [1, 2, 1], "nothing is told that is known");
  await ear.close();
});

test("a connection is one participant's while its lease lasts", async () => {
  const room = await api.room(ann);
  const [bob, eve] = [await api.guest(room), await api.guest(room)];
  const page = connection();
  await here(bob, room, page);
  assert.equal((await here(eve, room, page)).problem, "conflict");
  await gone(bob, room, page);
  assert.equal((await here(eve, room, page)).status, 200);
});

test("a person's pages in a room are bounded: the oldest goes", async () => {
  const room = await api.room(ann);
  const bob = await api.guest(room);
  const pages = Array.from({ length: 17 }, connection);
  for (const page of pages) assert.equal((await here(bob, room, page)).status, 200);
  const speak = (from) => bob.post(`${room.path}/signal`, { from, kind: "hello", data: "" });
  assert.equal((await speak(pages[0])).problem, "conflict");
  assert.equal((await speak(pages[16])).status, 204);
});

test("what is said is stored, shown to all, and kept in order", async () => {
  const room = await api.room(ann);
  const [bob, eve] = [await api.guest(room), await api.guest(room, "observer", { name: "Eve" })];
  const ear = await bob.socket(`${room.ws}/events`);
  const said = [];
  for (const [person, text] of [[ann, "one"], [eve, "two\nlines"], [bob, "<b>three</b> 😀"]]) {
    said.push(await person.must(201, "POST", `${room.path}/chat`, { text }));
  }
  assert.deepEqual(said.map((m) => [m.name, m.text]), [["Ann", "one"], ["Eve", "two\nlines"], ["Bob", "<b>three</b> 😀"]]);
  await waitFor(() => ear.messages.length === 3);
  assert.deepEqual(ear.messages.map((e) => e.message), said);
  assert.deepEqual((await eve.get(`${room.path}/chat`)).body.messages, said);
  await ear.close();
});

test("handshakes: notes are for interviewers; every member hears the rest", async () => {
  const room = await api.room(ann);
  const people = { interviewer: null, candidate: null, observer: null };
  for (const role of Object.keys(people)) people[role] = await api.guest(room, role);
  for (const [role, person] of Object.entries(people)) {
    for (const path of ["docs/code", "docs/board", "events", "signal"]) await (await person.socket(`${room.ws}/${path}`)).close();
    const notes = person.socket(`${room.ws}/docs/notes`);
    if (role === "interviewer") await (await notes).close();
    else await assert.rejects(notes, { status: 403 });
  }
  await assert.rejects(ann.socket(`${room.ws}/docs/elsewhere`), { status: 422 });
  await assert.rejects(api.anyone().socket(`${room.ws}/events`), { status: 401 });
});
