/*
 * reload.test.mjs - programs are replaced, fnd is killed: nobody is refused meanwhile.
 */
import assert from "node:assert/strict";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ask } from "../lib/fastcgi.mjs";
import { isAlive } from "../lib/process.mjs";
import { waitFor } from "../lib/wait.mjs";
import { BAD, OPENAPI, SYSTEM, World } from "./world.mjs";

test("SIGHUP a hundred times under load: every worker is replaced, no request fails", async () => {
  const world = new World({ one: BAD, "one.conf": "max 4\n" }).start();
  const load = world.load("one", "ok");
  await load.goesOn();
  const before = world.workers();
  for (let i = 0; i < 100; i++) {
    world.said = ""; /* of which only the last is kept, so that looks cannot be counted in it */
    world.child.kill("SIGHUP");
    await waitFor(() => /"\d+ functions from/.test(world.said), { every: 2, what: "fnd has looked anew" });
    if (i % 10 === 0) await load.goesOn(20);
  }
  await load.goesOn();
  assert.deepEqual(await load.stop(), []);
  await waitFor(() => before.filter(isAlive).length === 0, { what: "the workers of before are gone" });
});

test("a program that is written anew is what answers next; nobody is refused", async () => {
  const world = new World({ one: SYSTEM }).start();
  const openapi = () => ask(world.socket("one"), OPENAPI);
  await world.listens("one");
  assert.equal((await openapi()).status, 200);
  const before = world.workers();
  world.put("one", BAD);
  await waitFor(async () => (await world.ask("one", "ok")).status === 200, { what: "the new program answers" });
  await waitFor(() => !before.some(isAlive), { what: "who was woken before it was told to leave has answered" });
  assert.equal((await openapi()).status, 404);
});

test("a program that cannot start changes nothing: the one before serves on, until one comes that can", async () => {
  const world = new World({ one: BAD }).start();
  const load = world.load("one", "ok", { people: 2 });
  await load.goesOn();
  world.put("one", "#!/bin/sh\nexit 4\n");
  await waitFor(() => world.said.includes("ended with 4: the one before serves on"));
  await load.goesOn();
  assert.deepEqual(await load.stop(), []);
  world.put("one", SYSTEM);
  await waitFor(async () => (await ask(world.socket("one"), OPENAPI)).status === 200);
});

test("a program that comes is served; of one that goes the socket goes", async () => {
  const world = new World({ one: BAD }).start();
  assert.equal((await world.ask("one", "ok")).status, 200);
  world.put("two", BAD);
  assert.equal((await world.ask("two", "ok")).status, 200);
  rmSync(join(world.top, "fn/one"));
  await waitFor(() => !existsSync(world.socket("one")));
  await waitFor(() => world.zygotes().length === 1, { what: "its zygote is gone" });
});

test("another pool.conf is obeyed at once", async () => {
  const world = new World({ one: BAD }).start();
  assert.equal((await world.ask("one", "ok")).status, 200);
  world.put("one.conf", "min 3\n");
  await world.has(3);
});

test("fnd killed -9 ten times under load: it comes back, takes the sockets over, and no request fails", async () => {
  const world = new World({ one: BAD, "one.conf": "max 4\n" }).start();
  const load = world.load("one", "ok", { people: 4 });
  await load.goesOn();
  for (let i = 0; i < 10; i++) {
    const workers = world.workers();
    world.child.kill("SIGKILL");
    await world.ended;
    await load.goesOn(20);	/* while there is no fnd */
    world.start();
    await waitFor(() => workers.filter(isAlive).length === 0, { what: "the workers of before are replaced" });
    await load.goesOn(20);
  }
  assert.deepEqual(await load.stop(), []);
});

test("a request that was going on when fnd was killed is answered, and its deadline holds", async () => {
  const world = new World({ one: BAD, "one.conf": "deadline 2\n" }).start();
  const slow = Array.from({ length: 3 }, () => world.ask("one", "slow"));
  const hanging = world.ask("one", "hang");
  await Promise.all(slow);
  world.child.kill("SIGKILL");
  await world.ended;
  world.start();
  assert.equal((await world.ask("one", "ok")).status, 200);
  assert.equal((await hanging).status, 504);
});

test("who asks while there is neither worker nor fnd is answered when it comes back", async () => {
  const world = new World({ one: BAD }).start();
  await world.listens("one");
  await waitFor(() => world.zygotes().length === 1);
  world.child.kill("SIGKILL");
  await world.ended;
  const waiting = world.ask("one", "ok");
  world.start();
  assert.equal((await waiting).status, 200);
});
