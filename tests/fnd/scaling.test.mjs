/*
 * scaling.test.mjs - as many workers as are needed: none, some, none again.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isAlive } from "../lib/process.mjs";
import { waitFor } from "../lib/wait.mjs";
import { BAD, World } from "./world.mjs";

/* Of thirty or more who could have served: on a busy machine several are on their way back to where they wait. */
const FEW = 8;

const times = (n, what) => Promise.all(Array.from({ length: n }, what));

test("from none: the first request starts a worker, and for one who asks there are no more than few", async () => {
  const world = new World({ one: BAD, "one.conf": "max 40\n" }).start();
  const pids = new Set();
  for (let i = 0; i < 60; i++) pids.add((await world.ask("one", "pid")).body);
  assert.ok(pids.size <= FEW, `${pids.size} workers`);	/* more than one where starting one takes its time */
});

test("requests that take their time run beside each other, as many as max allows; the others wait their turn", async () => {
  const world = new World({ one: BAD, "one.conf": "max 4\n" }).start();
  const statuses = (await times(40, () => world.ask("one", "slow"))).map((reply) => reply.status);
  assert.ok(statuses.every((status) => status === 200), statuses.join());
  const workers = world.workers().length;
  assert.ok(workers > 1 && workers <= 4, `${workers} workers`);
});

test("a burst from none refuses nobody", async () => {
  const world = new World({ one: BAD, "one.conf": "max 8\n" }).start();
  const statuses = (await times(1000, () => world.ask("one", "ok"))).map((reply) => reply.status);
  assert.equal(statuses.filter((status) => status === 200).length, 1000);
  assert.ok(world.workers().length <= 8);
});

test("of many idle workers few have the work, so the others can leave", async () => {
  const world = new World({ one: BAD, "one.conf": "min 30\nmax 40\n" }).start();
  await world.has(30);
  const pids = new Set();
  for (let i = 0; i < 60; i++) pids.add((await world.ask("one", "pid")).body);
  assert.ok(pids.size <= FEW, `${[...pids]} served`);	/* more than one where one is not yet waiting again */
});

test("who was idle for long leaves, down to min, and to none where there is none", async () => {
  const world = new World({ one: BAD, "one.conf": "max 6\nmin 2\nidle 1\n", two: BAD, "two.conf": "idle 1\n" }).start();
  await times(30, () => world.ask("one", "slow"));
  const two = Number((await world.ask("two", "pid")).body);
  await waitFor(() => !isAlive(two), { what: "the worker of two has left" });
  await world.has(2);
  assert.ok(!/crash|killed|ended with/.test(world.said), world.said);
  assert.equal((await world.ask("two", "ok")).status, 200);
});

test("who is idle stays longer while others are asked", async () => {
  const world = new World({ one: BAD, "one.conf": "max 4\nidle 5\n" }).start();
  await times(20, () => world.ask("one", "slow"));
  const before = world.workers();
  assert.ok(before.length > 1, `${before.length} workers`);
  for (const until = Date.now() + 11_000; Date.now() < until; ) assert.equal((await world.ask("one", "ok")).status, 200);
  assert.deepEqual(before.filter((pid) => !isAlive(pid)), []);
  await waitFor(() => !before.some(isAlive), { what: "all have left, as nobody asks" });
});

test("a worker that has served as many as it may is replaced, and nobody notices", async () => {
  const world = new World({ one: BAD, "one.conf": "max 3\nrequests 5\n" }).start();
  const pids = new Map();
  const count = async () => {
    const { status, body } = await world.ask("one", "pid");
    assert.equal(status, 200);
    pids.set(body, (pids.get(body) ?? 0) + 1);
  };
  for (let i = 0; i < 20; i++) await times(3, count);
  assert.equal([...pids.values()].reduce((a, b) => a + b), 60);
  assert.ok([...pids.values()].every((n) => n <= 5), [...pids.values()].join());
  assert.ok(!/is broken|killed|ended with/.test(world.said), world.said);
});
