/*
 * faults.test.mjs - workers that do what they must not. Who asked them is told, nobody else notices.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ask, connect, request } from "../lib/fastcgi.mjs";
import { isAlive, of } from "../lib/process.mjs";
import { waitFor } from "../lib/wait.mjs";
import { BAD, bad, World } from "./world.mjs";

const ID = "0123456789abcdef0123456789abcdef";
const hangsUp = /hung up before its answer ended|ECONNRESET|EPIPE/;

/* Seconds, where others ask meanwhile: a machine that stands still for a moment must not make one of them late. */
const DEADLINE = 4;

/* Others ask meanwhile, and all of them are answered. */
async function unharmed(world, name, during) {
  const load = world.load(name, "ok", { people: 3 });
  await load.goesOn(20);
  await during();
  await load.goesOn(20);
  assert.deepEqual(await load.stop(), [], world.said.slice(-2000));
}

test("a worker that crashes takes one request with it", async () => {
  const world = new World({ one: BAD }).start();
  await unharmed(world, "one", () => assert.rejects(world.ask("one", "segfault"), hangsUp));
  await waitFor(() => /a worker of one \(\d+\) was killed by signal 11/.test(world.said));
});

test("a request that takes too long is answered 504 with its id, and its worker ends", async () => {
  const world = new World({ one: BAD, "one.conf": `deadline ${DEADLINE}\n` }).start();
  await unharmed(world, "one", async () => {
    const { status, headers, body } = await world.ask("one", "hang", { REQUEST_ID: ID });
    assert.equal(status, 504);
    assert.equal(headers["content-type"], "application/problem+json");
    assert.deepEqual(JSON.parse(body), { type: "timeout", title: "It took too long", status: 504, request: ID });
  });
  await waitFor(() => world.said.includes(`one: request ${ID} takes longer than ${DEADLINE} s`));
});

test("so is one that sent more than the function has read", async () => {
  const world = new World({ one: BAD, "one.conf": "deadline 1\n" }).start();
  await world.listens("one");
  const unread = Buffer.alloc(100_000);
  const { status } = await ask(world.socket("one"), bad("hang", { REQUEST_ID: ID, CONTENT_LENGTH: unread.length }), unread);
  assert.equal(status, 504);
});

test("a gateway that says nothing, or not all, of its request holds a worker until the deadline", async () => {
  const world = new World({ one: BAD, "one.conf": "max 2\ndeadline 1\n" }).start();
  await world.listens("one");
  const whole = Buffer.concat(request(bad("ok", { REQUEST_ID: ID })));
  for (const said of [Buffer.alloc(0), whole.subarray(0, 40)]) {
    const socket = await connect(world.socket("one"));
    socket.write(said);
    await once(socket, "close");
    assert.equal((await world.ask("one", "ok")).status, 200);
  }
  await waitFor(() => world.said.match(/one: request \(not read yet\) takes longer than 1 s/g)?.length === 2);
});

test("one that hears nothing is killed, also when it should leave", async () => {
  const world = new World({ one: BAD, "one.conf": `deadline ${DEADLINE}\n` }).start();
  await unharmed(world, "one", () => assert.rejects(world.ask("one", "deaf"), hangsUp));
  const deaf = assert.rejects(world.ask("one", "deaf"), hangsUp);
  const before = await waitFor(() => world.workers().length > 0 && world.workers());
  world.child.kill("SIGHUP");
  await deaf;
  await waitFor(() => before.filter(isAlive).length === 0);
  assert.equal((await world.ask("one", "ok")).status, 200);
});

test("whose body is not read is answered nevertheless, however much they still had to say", async () => {
  const world = new World({ one: BAD }).start();
  for (const size of [1, 100, 8192, 100_000, 3_000_000]) {
    await world.listens("one");
    const { status } = await ask(world.socket("one"), bad("ok", { CONTENT_LENGTH: size }), Buffer.alloc(size));
    assert.equal(status, 200, `${size} bytes`);
  }
});

test("a request that takes memory without end is answered 503 with its id, and its worker ends", async () => {
  const world = new World({ one: BAD, "one.conf": "memory 64\n" }).start();
  await unharmed(world, "one", async () => {
    const { status, headers, body } = await world.ask("one", "leak", { REQUEST_ID: ID });
    assert.equal(status, 503);
    assert.equal(headers["content-type"], "application/problem+json");
    assert.deepEqual(JSON.parse(body), { type: "busy", title: "It took too much memory", status: 503, request: ID });
  });
  const lines = () => world.said.split("\n").slice(0, -1);
  const said = await waitFor(() => lines().find((line) => line.includes("no memory is left for this request")), { what: "a line" });
  assert.equal(JSON.parse(said).request, ID);
  await waitFor(() => /a worker of one \(\d+\) had no memory left/.test(world.said));
  assert.doesNotMatch(world.said, /was killed by signal/);
});

test("worker after worker may run out of memory before it has served anybody: the function is not taken for broken", async () => {
  const world = new World({ one: BAD, "one.conf": "max 1\nmemory 64\n" }).start();
  for (let i = 0; i < 8; i++) assert.equal(JSON.parse((await world.ask("one", "leak")).body).title, "It took too much memory", `request ${i}`);
  assert.equal((await world.ask("one", "ok")).status, 200);
});

test("who aborts for another reason has crashed", async () => {
  const world = new World({ one: BAD }).start();
  await unharmed(world, "one", () => assert.rejects(world.ask("one", "give_up"), hangsUp));
  await waitFor(() => /a worker of one \(\d+\) was killed by signal 6/.test(world.said));
});

test("one that floods the log is answered, and so are others", async () => {
  const world = new World({ one: BAD }).start();
  await unharmed(world, "one", async () => assert.equal((await world.ask("one", "flood")).status, 200));
});

test("one that closes its socket is replaced", async () => {
  const world = new World({ one: BAD, "one.conf": "max 1\n" }).start();
  await unharmed(world, "one", async () => assert.equal((await world.ask("one", "close_socket")).status, 200));
  await waitFor(() => /nothing can be accepted any more/.test(world.said));
});

test("what all workers have together no worker takes away: their socket, what fnd reads, each other", async () => {
  const world = new World({ one: BAD }).start();
  await unharmed(world, "one", async () => {
    for (const what of ["shut_socket", "cut_board", "kill_by_descriptor"]) assert.equal((await world.ask("one", what)).body, "not ok", what);
  });
});

test("one that writes without end what is no line, or computes without end, is ended", async () => {
  const world = new World({ one: BAD, "one.conf": `deadline ${DEADLINE}\n` }).start();
  await unharmed(world, "one", async () => {
    assert.equal((await world.ask("one", "spin")).status, 504);
    assert.match(String((await world.ask("one", "flood_whole")).status), /^(200|504)$/);
  });
});

/* proc(5): the 41st field of stat is the policy, 2 for a turn in real time; the name before may hold anything. */
const isInRealTime = (pid) => of(pid, "stat").split(") ").at(-1).split(" ")[41 - 3] === "2";

test("one that computes without end in real time does so as others do, and others are answered", async (t) => {
  const world = new World({ one: BAD, "one.conf": "live 1\ndeadline 20\nmax 1\n", two: BAD }).start();
  await world.ask("one", "ok");
  if (!world.workers().some(isInRealTime)) return t.skip("this machine lets nobody work in real time");
  await unharmed(world, "two", async () => {
    await assert.rejects(world.ask("one", "deaf_spin"), hangsUp, "who does not hear that is killed");
    const pid = Number((await world.ask("one", "pid")).body);
    assert.ok(isInRealTime(pid));
    const late = world.ask("one", "spin");
    await waitFor(() => isAlive(pid) && !isInRealTime(pid), { what: "it is as others are" });
    assert.equal((await late).status, 504);
  });
});

test("one that answers half, twice, or what is no answer, is alone with it", async () => {
  const world = new World({ one: BAD }).start();
  await unharmed(world, "one", async () => {
    await assert.rejects(world.ask("one", "die_behind_head"), hangsUp);
    await assert.rejects(world.ask("one", "garbage"), hangsUp);
    assert.match((await world.ask("one", "answer_twice")).body, /^x/);
  });
});

test("one that ends without a word is replaced", async () => {
  const world = new World({ one: BAD }).start();
  await unharmed(world, "one", () => assert.rejects(world.ask("one", "leave"), hangsUp));
});

test("a worker that was killed is replaced, and the log says what happened", async () => {
  const world = new World({ one: BAD, "one.conf": "min 2\n" }).start();
  const before = await world.has(2);
  process.kill(before[0], "SIGKILL");
  await world.has(2, [before[0]]);
  await waitFor(() => world.said.includes(`a worker of one (${before[0]}) was killed by signal 9`));
});

test("where worker after worker crashes, who asks is told at once; then it is tried again, and others never notice", async () => {
  const world = new World({ one: BAD, "one.conf": "max 1\n", two: BAD }).start();
  await unharmed(world, "two", async () => {
    let refused;
    await waitFor(async () => {
      refused = await world.ask("one", "segfault", { REQUEST_ID: ID }).catch(() => undefined);
      return refused?.status === 503;
    }, { every: 1 });
    assert.equal(refused.headers["retry-after"], "1");
    assert.deepEqual(JSON.parse(refused.body), { type: "busy", title: "Try again in a moment", status: 503, request: ID });
    await waitFor(async () => (await world.ask("one", "ok")).status === 200, { what: "it is tried again" });
  });
});

test("requests that end who takes them do not close the function to others, while those are answered", async () => {
  const world = new World({ one: BAD, "one.conf": "max 2\n" }).start();
  assert.equal((await world.ask("one", "ok")).status, 200);
  let crashed = 0, goesOn = true;
  const crashing = Array.from({ length: 3 }, async () => {
    while (goesOn) {
      await assert.rejects(world.ask("one", "segfault"), hangsUp);
      crashed++;
    }
  });
  while (crashed < 60) assert.equal((await world.ask("one", "ok")).status, 200);
  goesOn = false;
  await Promise.all(crashing);
  assert.doesNotMatch(world.said, /is broken/);
});

/* Fresh workers that crash, just as many as have it closed. */
async function isBroken(world) {
  for (let i = 0; i < 3; i++) await assert.rejects(world.ask("one", "segfault"), hangsUp);
  await waitFor(() => /one is broken/.test(world.said), { what: "it is broken" });
}

test("what was answered before fnd was started was not answered just now: a function that only crashes is broken", async () => {
  const world = new World({ one: BAD, "one.conf": "max 1\n" }).start();
  assert.equal((await world.ask("one", "ok")).status, 200);
  world.child.kill("SIGTERM");
  await world.ended;
  world.start();
  await isBroken(world);
});

test("neither was what was answered long ago", async () => {
  const world = new World({ one: BAD, "one.conf": "max 1\n" }).start();
  assert.equal((await world.ask("one", "ok")).status, 200);
  await new Promise((done) => setTimeout(done, 10_000));	/* LATELY of workers.c, and LOOK, which may be late */
  await assert.rejects(world.ask("one", "segfault"), hangsUp);	/* that worker had served */
  await isBroken(world);
});

test("what a worker writes into its scoreboard as its limits holds for nobody", async () => {
  const world = new World({ one: BAD, "one.conf": "max 2\ndeadline 1\n" }).start();
  assert.equal((await world.ask("one", "ok")).status, 200);
  const board = openSync(join(world.top, "run/fn/one.board"), "r+");
  const shown = Buffer.alloc(12); /* struct board: magic, size and name are before these, min, max and deadline */
  readSync(board, shown, 0, shown.length, 72);
  assert.deepEqual([...new Uint32Array(shown.buffer, shown.byteOffset, 3)], [0, 2, 1]);
  writeSync(board, Buffer.from(new Uint32Array([20, 100, 3600]).buffer), 0, 12, 72);
  closeSync(board);
  const hanging = Array.from({ length: 10 }, () => world.ask("one", "hang"));
  const first = await Promise.race(hanging);
  assert.equal(first.status, 504, "the deadline is pool.conf's");
  assert.ok(world.workers().length <= 3, "two, and perhaps one that is just leaving");
  assert.deepEqual((await Promise.all(hanging)).map((reply) => reply.status), hanging.map(() => 504));
});

test("a zygote that was killed is started again; its workers finish what they do", async () => {
  const world = new World({ one: BAD }).start();
  const slow = Promise.all(Array.from({ length: 4 }, () => world.ask("one", "slow")));
  const [zygote] = await waitFor(() => world.workers().length > 0 && world.zygotes().length > 0 && world.zygotes());
  process.kill(zygote, "SIGKILL");
  assert.deepEqual((await slow).map((reply) => reply.status), [200, 200, 200, 200]);
  assert.equal((await world.ask("one", "ok")).status, 200);
});

/* Fills it to the last byte. */
function fill(disk) {
  assert.throws(() => writeFileSync(join(disk, "all"), Buffer.alloc(1 << 20)), /ENOSPC/);
}

test("a disk that is full keeps nobody from being served: before fnd starts, or afterwards", { skip: process.getuid() !== 0 && "only root mounts a disk" }, async (t) => {
  for (const full of ["before", "afterwards"]) {
    const world = new World({ one: BAD });
    const disk = join(world.top, "run");
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=200k", "tmpfs", disk]);
    t.after(() => execFileSync("umount", ["--lazy", disk]));
    mkdirSync(join(disk, "fn"));
    if (full === "before") fill(disk);
    world.start();
    await world.listens("one");
    if (full === "afterwards") fill(disk);
    await unharmed(world, "one", () => assert.rejects(world.ask("one", "segfault"), hangsUp));
    assert.equal(world.child.exitCode ?? world.child.signalCode, null, full);
  }
});
