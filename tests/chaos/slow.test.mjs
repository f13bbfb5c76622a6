/*
 * slow.test.mjs - clients that send or read as slowly as they can (slowhttptest): nobody else waits for them.
 *
 * A function hears of a request when all of it is there, and is done when nginx has its answer; so hundreds of slow
 * clients hold connections of nginx, which are many, and nothing else.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { api, base } from "../lib/api.mjs";

let ann;
let room;
before(async () => {
  ann = await api.signup();
  room = await api.room(ann);
});

const CLIENTS = 400;
const ENOUGH = 30;
const PACE = 150; /* ms; asked as fast as they can, the limits of one person would answer and not the gateway */

const MODES = {
  "headers that never end": () => ["-H", "-i", "3", "-u", `${base}/api/health`],
  "bodies that never end": () => ["-B", "-i", "3", "-s", "8192", "-u", `${base}${room.path}/presence`],
  "answers that nobody reads": () => ["-X", "-n", "3", "-w", "256", "-y", "512", "-z", "16", "-k", "1", "-u", `${base}/api/openapi.json`],
};

for (const [what, options] of Object.entries(MODES)) {
  test(`${what}: who asks in earnest is answered`, { timeout: 180_000 }, async () => {
    const args = ["-c", String(CLIENTS), "-r", "200", "-l", "90", "-p", "30", ...options()];
    const slow = spawn("slowhttptest", args, { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [slow.stdout, slow.stderr]) stream.on("data", (data) => (said += data));
    const ended = once(slow, "exit");
    let over = false;
    ended.then(() => (over = true));
    const words = () => said.replaceAll(/\x1b\[[\d;]*[A-Za-z]/g, "");
    const connected = () => Math.max(0, ...[...words().matchAll(/connected: +(\d+)/g)].map(([, n]) => Number(n)));
    let answered = 0;
    /* It tells every five seconds; where the gateway has sent all of them away by then, it ends. */
    while (!over && (answered < ENOUGH || connected() < CLIENTS / 2)) {
      assert.equal((await ann.get(room.path)).status, 200);
      assert.equal((await ann.get(`${room.path}/files`)).status, 200);
      answered++;
      await pause(PACE);
    }
    slow.kill("SIGINT");
    await ended;
    assert.ok(answered > 0 && connected() >= CLIENTS / 2, `${answered} answered; ${words()}`);
    assert.doesNotMatch(words(), /service available: +NO/);
  });
}
