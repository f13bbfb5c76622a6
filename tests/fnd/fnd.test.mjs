/*
 * fnd.test.mjs - the function manager: what runs, what it runs as, how it ends.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { answer, connect, request } from "../lib/fastcgi.mjs";
import { isAlive, of, open } from "../lib/process.mjs";
import { waitFor } from "../lib/wait.mjs";
import { BAD, OPENAPI, SYSTEM, World } from "./world.mjs";

const isRoot = process.getuid() === 0;

test("every program gets a socket that only the gateway and the dispatcher may use, and no worker until somebody asks", async () => {
  const world = new World({ one: BAD, two: BAD, "two.conf": "# more\nmin 3\nmax 5 # at most\n", "notes.txt": "no program", Three: BAD }).start();
  await world.has(3);
  for (const name of ["one", "two"]) {
    assert.equal(statSync(world.socket(name)).mode & 0o777, 0o660);
    assert.equal(statSync(join(world.top, "run/fn", `${name}.ctl`)).mode & 0o777, 0o600);
    assert.equal(statSync(join(world.top, "run/fn", `${name}.board`)).mode & 0o777, 0o640);
  }
  const kinds = ["board", "ctl", "sock"];
  assert.deepEqual(readdirSync(join(world.top, "run/fn")).sort(), [...kinds.map((k) => `one.${k}`), ...kinds.map((k) => `two.${k}`)]);
  await waitFor(() => world.zygotes().length === 2, { what: "a program of each" });
});

test("a worker has its own database role, few descriptors and no rights", async () => {
  const world = new World({ one: BAD, "one.conf": "min 1\n" }).start();
  const [pid] = await world.has(1);
  const env = of(pid, "environ").split("\0");
  assert.ok(env.includes("VIVA_PG=host=/nowhere dbname=viva user=viva_one"));
  assert.ok(env.includes(`PGPASSFILE=${world.top}/secrets/viva_one.pgpass`));
  /* The socket, nothing, the log (here a socket too); what ends it and what it waits with. Not the scoreboard's file. */
  const kinds = () => open(pid).map((path) => path.replace(/:\[\d+\]$/, "").replace(world.top, "")).sort().join();
  await waitFor(() => kinds() === "/dev/null,anon_inode:[eventpoll],pipe,socket,socket", { what: "few descriptors" });
  const status = of(pid, "status");
  assert.match(status, /^NoNewPrivs:\s+1$/m);
  const uid = isRoot ? 65534 : process.getuid();
  assert.match(status, new RegExp(`^Uid:\\s+${uid}\\s+${uid}\\s+${uid}\\s+${uid}$`, "m"));
});

test("a function that has a user runs as that user, and is shown its own secrets only", { skip: !isRoot }, async () => {
  const uid = (name) => execFileSync("id", ["-u", name], { encoding: "utf8" }).trim();
  const world = new World({ rooms: BAD, signal: BAD });
  mkdirSync(join(world.top, "run/secrets/rooms"), { recursive: true });
  copyFileSync(join(world.top, "secrets/jwt.pub"), join(world.top, "run/secrets/rooms/jwt.pub"));
  world.start();
  const pids = await waitFor(() => {
    const zygotes = world.zygotes();
    return zygotes.length === 2 && zygotes.every((pid) => of(pid, "comm").trim() !== "fnd") && zygotes;
  });
  const users = pids.map((pid) => /^Uid:\s+(\d+)/m.exec(of(pid, "status"))[1]);
  assert.deepEqual(users.sort(), [uid("viva_rooms"), uid("viva_signal")].sort());
  const folders = pids.map((pid) => of(pid, "environ").split("\0").find((line) => line.startsWith("VIVA_SECRETS=")));
  assert.deepEqual(folders.sort(), [`VIVA_SECRETS=${world.top}/run/secrets/rooms`, `VIVA_SECRETS=${world.top}/secrets`]);
});

test("what is wrong in a pool.conf is named by file and line, and the function runs as by default", async () => {
  const world = new World({ one: BAD, "one.conf": "# fine\nmax 4\nworkers 3\n" }).start();
  assert.equal((await world.ask("one", "ok")).status, 200);
  await waitFor(() => world.said.includes("fn/one.conf:3: there is no such key"));
  for (const [line, why] of [["max 0", /must be a whole number from 1 to/], ["max 5\nmax 6", /was there before/], ["min 5\nmax 4", /min is more than max/], ["idle 1s", /must be a whole number/], ["idle 1 2", /must be a whole number/]]) {
    world.said = "";
    world.put("one.conf", `${line}\n`);
    await waitFor(() => why.test(world.said), { what: `${line}: ${why}` });
  }
  assert.equal((await world.ask("one", "ok")).status, 200);
});

test("with nothing to serve it says so and ends", async () => {
  const world = new World({}).start();
  const [code] = await world.ended;
  assert.equal(code, 78);
  await waitFor(() => /build them with make/.test(world.said), { what: "why" }); /* what it said last may come after its end */
});

test("a program that cannot start is tried less and less often; who asks is told at once", async () => {
  const world = new World({ one: "#!/bin/sh\nexit 3\n", two: BAD }).start();
  await waitFor(() => (world.said.match(/is broken: again in/g) ?? []).length >= 4, { what: "four delays" });
  const delays = [...world.said.matchAll(/is broken: again in (\d+) ms/g)].map(([, ms]) => Number(ms));
  assert.deepEqual(delays.slice(0, 4), [100, 200, 400, 800]);
  const refused = await world.ask("one", "ok", { REQUEST_ID: "01abcdef" });
  assert.equal(refused.status, 503);
  assert.ok(Number(refused.headers["retry-after"]) >= 1);
  assert.equal(refused.headers["content-type"], "application/problem+json");
  assert.deepEqual(JSON.parse(refused.body), { type: "busy", title: "Try again in a moment", status: 503, request: "01abcdef" });
  assert.equal((await world.ask("two", "ok")).status, 200, "others are unharmed");
});

test("a request that has begun is answered when its worker is told to end", async () => {
  const world = new World({ system: SYSTEM, "system.conf": "min 1\n" }).start();
  const [pid] = await world.has(1);
  const idle = 5;	/* descriptors: the test above has them by name */
  await waitFor(() => open(pid).length === idle, { what: "the worker is idle" });
  const socket = await connect(world.socket("system"));
  after(() => socket.destroy());
  const [most, end] = request(OPENAPI);
  socket.write(most.subarray(0, most.length - 4));
  await waitFor(() => open(pid).length === idle + 1, { what: "the worker has taken the request" });
  world.child.kill("SIGTERM");
  await waitFor(() => !existsSync(world.socket("system")), { what: "the socket is gone" });
  const reply = answer(socket);
  socket.write(Buffer.concat([most.subarray(most.length - 4), end]));
  assert.equal((await reply).status, 200);
  const [code] = await world.ended;
  assert.equal(code, 0);
  assert.ok(!isAlive(pid));
});

test("SIGTERM ends all of it, soon and cleanly", async () => {
  const world = new World({ one: BAD, "one.conf": "min 2\n", system: SYSTEM }).start();
  await world.has(2);
  const pids = await waitFor(() => world.children().length === 4 && world.children());
  world.child.kill("SIGTERM");
  assert.deepEqual(await world.ended, [0, null]);
  await waitFor(() => pids.filter(isAlive).length === 0);
  assert.deepEqual(readdirSync(join(world.top, "run/fn")).filter((name) => !name.endsWith(".board")), []);
});
