/*
 * terminal.test.mjs - a room's terminal when its runner, or Redis, is killed under it.
 *
 * A shell cannot be taken over: with its runner it ends, the room is told why, what it had shown is kept, and another
 * can be opened. Redis comes back, and then nothing is missing.
 */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { api, waitFor } from "../lib/api.mjs";
import { boxes } from "../runner/sandbox.mjs";
import { ended, open, PATIENCE, Screen, type, view } from "../runner/screen.mjs";
import { again, kill } from "./victims.mjs";

let ann;
let room;

before(async () => {
  ann = await api.signup();
  room = await api.room(ann);
});

test("the runner killed: the terminal ends with a reason, and can be opened anew", { timeout: 300_000 }, async () => {
  const ear = await ann.socket(`${room.ws}/events`);
  const first = await open(ann, room);
  const screen = await Screen.open(ann, room);
  await screen.sees(/\$ $/);
  await type(ann, room, "echo be''fore\r");
  await screen.sees(/before\r\n/);
  const left = boxes();
  await again("the runner", kill("the runner"));
  const over = await ear.next((e) => e.type === "terminal" && e.terminal.status === "ended", PATIENCE);
  assert.equal(over.terminal.id, first.id);
  assert.match(over.terminal.reason, /runner was lost/);
  const { chunks } = await ann.must(200, "GET", `${room.path}/terminal`);
  assert.match(chunks.map((c) => c.data).join(""), /before\r\n/, "what was seen is kept");
  await waitFor(() => !boxes().some((name) => left.includes(name)), { ...PATIENCE, what: "its container to be removed" });
  const second = await open(ann, room);
  assert.notEqual(second.id, first.id);
  const anew = await Screen.open(ann, room);
  await anew.sees(/\$ $/);
  await type(ann, room, "echo af''ter\r");
  await anew.sees(/after\r\n/);
  assert.equal(ear.messages.filter((e) => e.type === "terminal" && e.terminal.id === first.id && e.terminal.status === "ended").length, 1);
  await Promise.all([screen.close(), anew.close(), ear.close()]);
  await ann.must(204, "DELETE", `${room.path}/terminal`);
  await ended(ann, room);
});

test("Redis killed: the shell goes on, and nothing is missing or there twice", { timeout: 300_000 }, async () => {
  await open(ann, room);
  const screen = await Screen.open(ann, room);
  await screen.sees(/\$ $/);
  await type(ann, room, "for i in $(seq 30); do echo n$i.; sleep 0.1; done\r");
  await screen.sees(/n3\./);
  await again("Redis", kill("Redis"));
  await waitFor(async () => {
    const res = await ann.get(`${room.path}/terminal`);
    return res.status === 200 && /n30\./.test(res.body.chunks.map((c) => c.data).join(""));
  }, { ...PATIENCE, what: "all of it" });
  const { chunks } = await ann.must(200, "GET", `${room.path}/terminal`);
  assert.deepEqual(chunks.map((c) => c.seq), chunks.map((_, i) => i + 1));
  const text = chunks.filter((c) => c.kind === "output").map((c) => c.data).join("");
  assert.deepEqual(text.match(/\bn\d+\./g), Array.from({ length: 30 }, (_, i) => `n${i + 1}.`));
  assert.equal((await view(ann, room)).status, "running");
  await screen.close();
  await ann.must(204, "DELETE", `${room.path}/terminal`);
});
