/*
 * fnd.test.mjs - the function manager: what runs, what it runs as, what happens when something dies.
 *
 * fnd is real, and so is `system`, which it serves in the tests that ask something. The other programs are shell
 * scripts: fnd does not care.
 */
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, test } from "node:test";
import { answer, ask, connect, request } from "../lib/fastcgi.mjs";
import { waitFor } from "../lib/wait.mjs";

const build = resolve(import.meta.dirname, "../..", process.env.VIVA_BUILD ?? "build");
const SLEEP = "#!/bin/sh\nexec sleep 1000\n";
const openapi = { REQUEST_METHOD: "GET", REQUEST_URI: "/api/openapi.json", HTTP_HOST: "localhost", REMOTE_ADDR: "127.0.0.1" };
const isRoot = process.getuid() === 0;
const worlds = [];

/* A directory of programs, and a fnd over it. */
class World {
  constructor(programs) {
    this.top = mkdtempSync(join(tmpdir(), "fnd-"));
    for (const dir of ["fn", "run", "run/fn", "secrets"]) mkdirSync(join(this.top, dir));
    chmodSync(this.top, 0o755);
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    writeFileSync(join(this.top, "secrets/jwt.pub"), publicKey.export({ type: "spki", format: "pem" }));
    for (const [name, text] of Object.entries(programs)) this.program(name, text);
    worlds.push(this);
  }

  program(name, text) {
    const path = join(this.top, "fn", name);
    if (text === undefined) copyFileSync(join(build, "fn", name), path);
    else writeFileSync(path, text);
    if (!name.includes(".")) chmodSync(path, 0o755);
  }

  start(env = {}) {
    this.said = "";
    this.child = spawn(join(build, "bin/fnd"), ["-u", "nobody", "-g", "nogroup", join(this.top, "fn")], {
      env: { PATH: process.env.PATH, VIVA_RUN: join(this.top, "run"), VIVA_SECRETS: join(this.top, "secrets"), VIVA_PG: "host=/nowhere dbname=viva", VIVA_WORKERS: 2, ...env },
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.child.stderr.on("data", (data) => (this.said += data));
    this.ended = once(this.child, "exit");
    return this;
  }

  socket(name) {
    return join(this.top, "run/fn", `${name}.sock`);
  }

  workers() {
    return childrenOf(this.child.pid);
  }

  async has(n, without = []) {
    await waitFor(() => {
      const now = this.workers();
      return now.length === n && now.every((pid) => !without.includes(pid) && isExecuted(pid));
    }, { what: `${n} workers` });
    return this.workers();
  }
}

function childrenOf(pid) {
  const text = existsSync(`/proc/${pid}/task/${pid}/children`) ? readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8") : "";
  return text.split(" ").filter(Boolean).map(Number);
}

const of = (pid, what) => {
  try {
    return readFileSync(`/proc/${pid}/${what}`, "utf8");
  } catch {
    return "";
  }
};
const isExecuted = (pid) => of(pid, "comm").trim() !== "" && of(pid, "comm").trim() !== "fnd";
/* What a worker holds open; once it waits for requests there is an epoll among it. */
const open = (pid) => readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
const isWaiting = (pid) => open(pid).includes("anon_inode:[eventpoll]");
const isAlive = (pid) => existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(of(pid, "status"));

after(() => {
  for (const world of worlds) {
    world.child?.kill("SIGKILL");
    rmSync(world.top, { recursive: true, force: true });
  }
});

test("every program gets a socket that only the gateway may use, and its workers", async () => {
  const world = new World({ one: SLEEP, two: SLEEP, "two.conf": "# more\nworkers 3\n", "notes.txt": "no program", Three: SLEEP }).start();
  await world.has(5);
  for (const name of ["one", "two"]) assert.equal(statSync(world.socket(name)).mode & 0o777, 0o660);
  assert.deepEqual(readdirSync(join(world.top, "run/fn")).sort(), ["one.board", "one.sock", "two.board", "two.sock"]);
});

test("a worker has its own database role, few descriptors and no rights", async () => {
  const world = new World({ one: SLEEP }).start({ VIVA_WORKERS: 1 });
  const [pid] = await world.has(1);
  await waitFor(() => of(pid, "comm").trim() === "sleep");
  const env = of(pid, "environ").split("\0");
  assert.ok(env.includes("VIVA_PG=host=/nowhere dbname=viva user=viva_one"));
  assert.ok(env.includes(`PGPASSFILE=${world.top}/secrets/viva_one.pgpass`));
  assert.deepEqual(readdirSync(`/proc/${pid}/fd`).sort(), ["0", "1", "2", "3"]);
  const status = of(pid, "status");
  assert.match(status, /^NoNewPrivs:\s+1$/m);
  const uid = isRoot ? 65534 : process.getuid();
  assert.match(status, new RegExp(`^Uid:\\s+${uid}\\s+${uid}\\s+${uid}\\s+${uid}$`, "m"));
});

test("a function that has a user runs as that user, and is shown its own secrets only", { skip: !isRoot }, async () => {
  const uid = (name) => execFileSync("id", ["-u", name], { encoding: "utf8" }).trim();
  const world = new World({ rooms: SLEEP, signal: SLEEP });
  mkdirSync(join(world.top, "run/secrets/rooms"), { recursive: true });
  world.start({ VIVA_WORKERS: 1 });
  const pids = await world.has(2);
  const users = pids.map((pid) => /^Uid:\s+(\d+)/m.exec(of(pid, "status"))[1]);
  assert.deepEqual(users.sort(), [uid("viva_rooms"), uid("viva_signal")].sort());
  const folders = pids.map((pid) => of(pid, "environ").split("\0").find((line) => line.startsWith("VIVA_SECRETS=")));
  assert.deepEqual(folders.sort(), [`VIVA_SECRETS=${world.top}/run/secrets/rooms`, `VIVA_SECRETS=${world.top}/secrets`]);
});

test("a worker that was killed is started again at once, and the log says what happened", async () => {
  const world = new World({ one: SLEEP }).start();
  const before = await world.has(2);
  process.kill(before[0], "SIGKILL");
  await world.has(2, [before[0]]);
  await waitFor(() => world.said.includes("a worker of one was killed by signal 9"));
});

test("a program that cannot start is tried less and less often", async () => {
  const world = new World({}).start({ VIVA_WORKERS: 1 });
  await world.ended;
  assert.match(world.said, /build them with make/);
  world.program("bad", `#!/bin/sh\necho x >>${world.top}/run/starts\nexit 3\n`);
  chmodSync(join(world.top, "run"), 0o777);
  world.start({ VIVA_WORKERS: 1 });
  const starts = () => (existsSync(join(world.top, "run/starts")) ? readFileSync(join(world.top, "run/starts"), "utf8").length / 2 : 0);
  await waitFor(() => starts() >= 5, { what: "five starts" });
  const said = world.said.trim().split("\n").map((line) => JSON.parse(line)).filter((line) => /ended with 3/.test(line.msg));
  const times = said.map((line) => Date.parse(line.ts));
  const gaps = times.slice(1).map((t, i) => t - times[i]);
  for (const [i, least] of [0, 100, 200, 400].entries()) if (i < gaps.length) assert.ok(gaps[i] >= least - 5, `gap ${i}: ${gaps[i]} ms`);
});

test("SIGHUP replaces every worker, finds new programs, and refuses nobody", async () => {
  const world = new World({ system: undefined }).start();
  const before = await world.has(2);
  await waitFor(() => existsSync(world.socket("system")));
  world.program("more", SLEEP);
  let asking = true;
  const statuses = [];
  const load = (async () => {
    while (asking) statuses.push((await ask(world.socket("system"), openapi)).status);
  })();
  await waitFor(() => statuses.length >= 20);
  world.child.kill("SIGHUP");
  await world.has(4, before);
  const seen = statuses.length;
  await waitFor(() => statuses.length >= seen + 20);
  asking = false;
  await load;
  assert.ok(statuses.every((status) => status === 200));
});

test("a request that has begun is answered when its worker is told to end", async () => {
  const world = new World({ system: undefined }).start({ VIVA_WORKERS: 1 });
  const [pid] = await world.has(1);
  await waitFor(() => isWaiting(pid), { what: "the worker waits for requests" });
  const idle = open(pid).length;
  const socket = await connect(world.socket("system"));
  after(() => socket.destroy());
  const [most, end] = request(openapi);
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
  const world = new World({ one: SLEEP, system: undefined }).start();
  const pids = await world.has(4);
  world.child.kill("SIGTERM");
  assert.deepEqual(await world.ended, [0, null]);
  assert.deepEqual(pids.filter(isAlive), []);
  assert.deepEqual(readdirSync(join(world.top, "run/fn")).filter((name) => name.endsWith(".sock")), []);
});

test("killed, it takes its workers along; started again, it simply works", async () => {
  const world = new World({ system: undefined, one: SLEEP }).start();
  const pids = await world.has(4);
  world.child.kill("SIGKILL");
  await world.ended;
  await waitFor(() => pids.filter(isAlive).length === 0, { what: "the workers of before are gone" });
  world.start();
  await world.has(4);
  assert.equal((await ask(world.socket("system"), openapi)).status, 200);
});
