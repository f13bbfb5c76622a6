/*
 * manager.test.mjs - what goes wrong with zygotes, with what fnd needs, and with fnd itself; it comes right again, by itself.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { isAlive, of } from "../lib/process.mjs";
import { waitFor } from "../lib/wait.mjs";
import { BAD, World } from "./world.mjs";

const SILENT = "#!/bin/sh\nexec sleep 1000\n";
const LATER = 90_000;

test("a zygote that was killed takes workers along that nobody had asked yet: that is no failure of theirs", async () => {
  const world = new World({ one: BAD, "one.conf": "min 6\n" }).start();
  const before = await world.has(6);
  process.kill(world.zygotes()[0], "SIGKILL");
  await world.has(6, before);
  assert.doesNotMatch(world.said, /is broken/);
});

test("workers that end together are one failure: what follows is soon tried again", async () => {
  const world = new World({ one: BAD, "one.conf": "min 8\n" }).start();
  const before = await world.has(8);
  for (const pid of before) process.kill(pid, "SIGKILL");
  await world.has(8, before);
  const delays = [...world.said.matchAll(/is broken: again in (\d+) ms/g)].map(([, ms]) => Number(ms));
  assert.ok(delays.length > 0 && delays.every((ms) => ms < 3200), delays.join());
});

test("a zygote that hangs is replaced, whether it never was ready or says nothing any more; others never notice", async () => {
  const world = new World({ one: BAD, two: SILENT, three: BAD }).start();
  for (const name of ["one", "three"]) await world.ready(name);
  const zygotes = world.zygotes().filter((pid) => ["one", "three"].includes(of(pid, "comm").trim()));
  assert.equal(zygotes.length, 2);
  for (const pid of zygotes) process.kill(pid, "SIGSTOP");
  const waiting = world.ask("one", "ok");
  world.put("two", BAD);
  assert.equal((await world.ask("two", "ok")).status, 200, "a silent one is replaced by a change");
  world.put("four", SILENT);
  await waitFor(() => /one, the program itself, says nothing: it is killed/.test(world.said), { within: LATER, what: "it is noticed" });
  assert.equal((await waiting).status, 200);
  await waitFor(() => /four, the program itself, says nothing: it is killed/.test(world.said), { within: LATER, what: "so is the other" });
  assert.doesNotMatch(world.said, /three, the program itself/);
});

test("who asks a program before it is known that it cannot start is told so as soon as it is", async () => {
  const world = new World({ one: "#!/bin/sh\nsleep 1\nexit 3\n" }).start();
  assert.equal((await world.ask("one", "ok")).status, 503);
});

test("fnd that is killed again while it takes over loses nothing", async () => {
  const world = new World({ one: BAD, "one.conf": "max 2\n" }).start();
  const load = world.load("one", "ok", { people: 2 });
  await load.goesOn();
  const workers = world.workers();
  world.put("one", SILENT);
  for (let i = 0; i < 3; i++) {
    world.child.kill("SIGKILL");
    await world.ended;
    world.start();
    await waitFor(() => /workers of before are adopted/.test(world.said), { what: "it has the sockets" });
    world.children();	/* to be ended with this world */
    await load.goesOn(20);
  }
  assert.deepEqual(workers.filter((pid) => !isAlive(pid)), []);
  world.put("one", BAD);
  await waitFor(() => workers.filter(isAlive).length === 0, { what: "the workers of before are replaced" });
  await load.goesOn(20);
  assert.deepEqual(await load.stop(), []);
});

test("a second fnd at the same place ends, and leaves the first alone", async () => {
  const world = new World({ one: BAD }).start();
  assert.equal((await world.ask("one", "ok")).status, 200);
  const { child, ended } = world;
  world.start();
  assert.deepEqual(await world.ended, [75, null]);
  await waitFor(() => /another fnd is at work/.test(world.said), { what: "why" }); /* what it said last may come after its end */
  Object.assign(world, { child, ended });
  assert.equal((await world.ask("one", "ok")).status, 200);
});

test("what could not be served for want of a scoreboard is served when there is one", async () => {
  const world = new World({ one: BAD, two: BAD });
  mkdirSync(join(world.top, "run/fn/one.board/in the way"), { recursive: true });
  world.start();
  await waitFor(() => /no scoreboard/.test(world.said));
  assert.equal((await world.ask("two", "ok")).status, 200);
  rmdirSync(join(world.top, "run/fn/one.board/in the way"));
  rmdirSync(join(world.top, "run/fn/one.board"));
  assert.equal((await world.ask("one", "ok")).status, 200);
});

test("where no process can be started it is tried again, without being asked", async () => {
  const world = new World({ one: BAD, "one.conf": "min 1\n" }).start();
  const before = await world.has(1);
  const limit = (n) => execFileSync("prlimit", ["--pid", world.child.pid, `--nofile=${n}:`]);
  limit(1);
  process.kill(world.zygotes()[0], "SIGKILL");
  await waitFor(() => /one cannot be started: Too many open files/.test(world.said));
  limit(1024);
  await world.has(1, before);
});

test("a program that comes while fnd ends is not served any more", async () => {
  const world = new World({ one: BAD, "one.conf": "max 1\n" }).start();
  const hanging = world.ask("one", "hang").catch(() => {});
  const [worker] = await world.has(1);
  world.child.kill("SIGTERM");
  await waitFor(() => !existsSync(world.socket("one")));
  world.put("two", BAD);
  await new Promise((done) => setTimeout(done, 200));	/* longer than it lets a change settle */
  process.kill(worker, "SIGKILL");
  await hanging;
  assert.deepEqual(await world.ended, [0, null]);
});
