/*
 * terminal.test.mjs - the room's shared terminal: what two people see of one shell, and what becomes of it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { api, waitFor } from "../lib/api.mjs";
import { redis } from "../lib/redis.mjs";
import { language } from "./host.mjs";
import { place } from "./sandbox.mjs";
import { ended, open, PATIENCE, Screen, type, view } from "./screen.mjs";

async function scene() {
  const { ann } = await place();
  const room = await api.room(ann);
  return { ann, room };
}

test("two people see and type in one shell", async () => {
  const { ann, room } = await scene();
  const bob = await api.guest(room, "candidate", { name: "Bob" });
  const [hers, same] = await Promise.all([open(ann, room), open(bob, room)]);
  assert.equal(hers.id, same.id, "a room has one");
  const [a, b] = [await Screen.open(ann, room), await Screen.open(bob, room)];
  await a.sees(/\$ $/);
  await type(ann, room, "x=ann; echo from $x\r");
  await b.sees(/from ann\r\n/);
  await type(bob, room, "echo $x and bob\r");
  await a.sees(/ann and bob\r\n/);
  await b.sees(/ann and bob\r\n/);
  assert.deepEqual(a.chunks().filter((c) => c.kind === "input").map((c) => c.participant), [(await ann.must(200, "GET", room.path)).me, bob.id]);
  await a.close();
  await b.close();
  await ann.must(204, "DELETE", `${room.path}/terminal`);
  assert.match((await ended(ann, room)).reason, /closed/);
});

test("who joins late gets the screen, and then hears what comes, without a gap", async () => {
  const { ann, room } = await scene();
  await open(ann, room);
  const a = await Screen.open(ann, room);
  await a.sees(/\$ $/);
  await type(ann, room, "for i in $(seq 2000); do echo line $i; done\r");
  const eve = await api.guest(room, "observer");
  await a.sees(/line 900\r\n/);
  const late = await Screen.open(eve, room);
  /* To the prompt: it may come to one of them before the other. */
  await late.sees(/line 2000\r\n[^]*\$ $/);
  await a.sees(/line 2000\r\n[^]*\$ $/);
  assert.equal(late.text().slice(late.text().indexOf("line 1990")), a.text().slice(a.text().indexOf("line 1990")));
  assert.equal((await eve.post(`${room.path}/terminal/input`, { data: "x" })).problem, "denied");
  await Promise.all([a.close(), late.close(), ann.must(204, "DELETE", `${room.path}/terminal`)]);
});

test("what a joiner is given is bounded; all of it is recorded", async () => {
  const { ann, room } = await scene();
  await open(ann, room);
  const a = await Screen.open(ann, room);
  await a.sees(/\$ $/);
  await type(ann, room, "seq -f 'number %05g and some more text to fill the line' 20000; echo do''ne\r");
  await a.sees(/done\r\n/);
  const shown = await waitFor(async () => {
    const { chunks } = await ann.must(200, "GET", `${room.path}/terminal`);
    const text = chunks.map((c) => c.data).join("");
    return text.length < 600_000 && text;
  }, { ...PATIENCE, what: "the scrollback to be cut" });
  assert.ok(shown.length >= 100_000, `${shown.length} characters`);
  assert.match(shown, /done\r\n/);
  await a.close();
  await ann.must(204, "DELETE", `${room.path}/terminal`);
});

test("it has the room's files, the language, a size that changes for everybody, and job control", async () => {
  const { ann, room } = await scene();
  await open(ann, room, { rows: 30, columns: 90, files: [{ path: "main.py", content: "print('from the file')\n" }] });
  const a = await Screen.open(ann, room);
  await a.sees(/\$ $/);
  await type(ann, room, "python3 main.py; stty size; tty\r");
  await a.sees(/from the file\r\n30 90\r\n\/dev\/pts\/\d+\r\n/);
  await ann.must(204, "POST", `${room.path}/terminal/resize`, { rows: 40, columns: 100 });
  await waitFor(() => a.text("resize") === "40x100", PATIENCE);
  await type(ann, room, "stty size\r");
  await a.sees(/40 100\r\n/);
  /* Before it is there, the shell itself would be interrupted. */
  await type(ann, room, "sh -c 'echo u\"\"p; exec sleep 1000'\r");
  await a.sees(/up\r\n/);
  await type(ann, room, "\u0003");
  await a.sees(/\^C[^$]*\$ $/);
  await type(ann, room, "echo code $?\r");
  await a.sees(/code 130\r\n/);
  await waitFor(async () => (await view(ann, room)).rows === 40, PATIENCE);
  await a.close();
  await ann.must(204, "DELETE", `${room.path}/terminal`);
});

test("bytes that are no text are shown safely; characters are never split", async () => {
  const { ann, room } = await scene();
  await open(ann, room);
  const a = await Screen.open(ann, room);
  await a.sees(/\$ $/);
  await type(ann, room, "printf '\\303'; sleep 0.2; printf '\\251\\377\\000.\\n'; python3 -c \"print('€' * 30000)\"; echo do''ne\r");
  await a.sees(/done\r\n/);
  assert.match(a.text(), /é\ufffd\.\r\n/);
  assert.equal(a.text().match(/€/g).length, 30000 + 1, "and once as it was typed");
  await a.close();
  await ann.must(204, "DELETE", `${room.path}/terminal`);
});

test("when the shell ends the terminal does; another is another shell", async () => {
  const { ann, room } = await scene();
  const ear = await ann.socket(`${room.ws}/events`);
  const first = await open(ann, room);
  await ear.next((e) => e.type === "terminal" && e.terminal.status === "running", PATIENCE);
  await type(ann, room, "touch /w/here; exit\r");
  const over = await ear.next((e) => e.type === "terminal" && e.terminal.status === "ended", PATIENCE);
  assert.match(over.terminal.reason, /shell has ended/);
  assert.equal((await ann.post(`${room.path}/terminal/input`, { data: "x" })).problem, "conflict");
  const second = await open(ann, room);
  assert.notEqual(second.id, first.id);
  const a = await Screen.open(ann, room);
  await type(ann, room, "ls /w; echo list''ed\r");
  await a.sees(/\rlisted\r\n/);
  assert.doesNotMatch(a.text(), /\bhere\b/);
  await Promise.all([a.close(), ear.close(), ann.must(204, "DELETE", `${room.path}/terminal`)]);
});

test("what it showed is still there when Redis has let go of it", async () => {
  const { ann, room } = await scene();
  await open(ann, room);
  const a = await Screen.open(ann, room);
  await a.sees(/\$ $/);
  await type(ann, room, "echo first; seq 300; exit\r");
  await a.sees(/300\r\n/);
  const { id } = await ended(ann, room);
  const before = await ann.must(200, "GET", `${room.path}/terminal`);
  redis("DEL", `terminal:${id}:log`);
  const after = await ann.must(200, "GET", `${room.path}/terminal`);
  assert.deepEqual(after.chunks, before.chunks);
  const [first, second] = after.chunks;
  assert.deepEqual((await ann.must(200, "GET", `${room.path}/terminal?after=${first.seq}`)).chunks[0], second);
  const eve = await api.signup();
  assert.equal((await eve.get(`${room.path}/terminal`)).status, 404);
  await a.close();
});

test("a terminal that nobody uses ends, and says why", { timeout: 180_000 }, async () => {
  const q = await language();
  try {
    await q.runner({ env: { VIVA_IDLE: "8" } });
    const ann = await api.signup();
    const room = await api.room(ann, { language: q.name });
    await open(ann, room);
    const a = await Screen.open(ann, room);
    await a.sees(/\$ $/);
    assert.match((await ended(ann, room)).reason, /nobody used it for 8 seconds/);
    await a.close();
  } finally {
    await q.forget();
  }
});

test("it ends with the room", async () => {
  const { ann, room } = await scene();
  await open(ann, room);
  const a = await Screen.open(ann, room);
  await a.sees(/\$ $/);
  await ann.must(200, "POST", `${room.path}/end`);
  assert.match((await ended(ann, room)).reason, /interview has ended/);
  assert.equal((await ann.post(`${room.path}/terminal`, { rows: 24, columns: 80 })).problem, "gone");
  await a.close();
});

test("a shell is as confined as a run", async () => {
  const { ann, room } = await scene();
  await open(ann, room);
  const a = await Screen.open(ann, room);
  await a.sees(/\$ $/);
  await type(ann, room, "id -u | grep -qv '^0$' && grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status; ls /sys | wc -l; (exec 3<>/dev/tcp/1.1.1.1/80) 2>&1 | grep -o 'unreachable'; echo do''ne\r");
  await a.sees(/\r\ndone\r\n/);
  const text = a.text().replaceAll("\r", "");
  assert.match(text, /CapEff:\t0000000000000000\nCapBnd:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n0\nunreachable\n/);
  await type(ann, room, "python3 -c \"x=bytearray(300<<20)\"; echo code $?\r");
  await a.sees(/code 137/);
  await a.close();
  await ann.must(204, "DELETE", `${room.path}/terminal`);
});
