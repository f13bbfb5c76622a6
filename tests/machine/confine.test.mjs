/*
 * confine.test.mjs - a function in somebody else's hands: what it cannot do to the rest of the machine.
 *
 * misbehave.c takes the place of `signal` under a fnd of our own inside the stack's mount namespace: its user, its database
 * role, its secrets and the runtime's fences are the real ones. Each line of a test is something that a working exploit
 * would try next.
 */
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, chownSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { inside } from "../lib/database.mjs";
import { ask } from "../lib/fastcgi.mjs";
import { redisAt } from "../lib/redis.mjs";
import { processes, state } from "../lib/stack.mjs";
import { waitFor } from "../lib/wait.mjs";

const top = new URL("../..", import.meta.url).pathname;
const build = join(top, process.env.VIVA_BUILD ?? "build");
const own = join(state, "run/c");
const seen = "/run/viva/state";
const id = (kind, user) => Number(execFileSync("id", [kind, user], { encoding: "utf8" }));
const uidOf = (pid) => statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid;
const LIMIT = { timeout: 180_000 };
let fnd;
let said = "";

function folder(name, mode = 0o755) {
  mkdirSync(join(own, name), { recursive: true });
  chmodSync(join(own, name), mode);
}

before(async () => {
  execFileSync("make", ["--no-print-directory", "-C", top, `${process.env.VIVA_BUILD ?? "build"}/test/misbehave`, `${process.env.VIVA_BUILD ?? "build"}/bin/fnd`], { stdio: "pipe" });
  rmSync(own, { recursive: true, force: true });
  for (const name of ["", "fn", "secrets", "secrets/signal", "programs"]) folder(name);
  copyFileSync(join(build, "test/misbehave"), join(own, "programs/signal"));
  chmodSync(join(own, "programs/signal"), 0o755);
  copyFileSync(join(top, "functions/signal/pool.conf"), join(own, "programs/signal.conf"));
  for (const name of ["jwt.pub", "redis.pass"]) {
    copyFileSync(join(state, "run/secrets/signal", name), join(own, "secrets/signal", name));
    chownSync(join(own, "secrets/signal", name), id("-u", "viva_signal"), id("-g", "viva_signal"));
  }
  const [command, ...args] = [...inside(), join("/run/viva/tree", build.slice(top.length), "bin/fnd"), `${seen}/run/c/programs`];
  fnd = spawn(command, args, {
    cwd: "/",
    stdio: ["ignore", "ignore", "pipe"],
    env: { PATH: process.env.PATH, VIVA_RUN: `${seen}/run/c`, VIVA_SECRETS: `${seen}/secrets`, VIVA_PG: `host=${seen}/run/pg dbname=viva`,
      VIVA_REDIS: `${seen}/run/redis.sock`, VIVA_WORKERS: "1" },
  });
  fnd.stderr.on("data", (data) => (said += data));
  /* This socket comes after the one for requests listens. */
  await waitFor(() => existsSync(join(own, "fn/signal.ctl")), { within: 60_000, what: "fnd listens" });
});
after(() => {
  fnd?.kill("SIGKILL");
  rmSync(own, { recursive: true, force: true });
});

/* What the function says of an attempt; "killed" where it did not live to say it. */
async function attempt(what) {
  const params = { REQUEST_METHOD: "POST", REQUEST_URI: "/api/misbehave", CONTENT_TYPE: "application/octet-stream", CONTENT_LENGTH: what.length, HTTP_HOST: "localhost", REMOTE_ADDR: "127.0.0.1" };
  try {
    const reply = await ask(join(own, "fn/signal.sock"), params, Buffer.from(what));
    assert.equal(reply.status, 200, `${what}: ${reply.body}`);
    return reply.body;
  } catch (error) {
    if (!/hung up|ECONNRESET|EPIPE/.test(error.message)) throw error;
    return "killed";
  }
}

async function refuses(what, pattern = /^(EACCES|EPERM|EROFS|ENOSYS)$/) {
  assert.match(await attempt(what), pattern, what);
}

/* Another stack, of a test beside this one, may be gone while we look at it. */
const isOfThisStack = (pid) => statSync(`/proc/${pid}/root${seen}`, { throwIfNoEntry: false })?.ino === statSync(state).ino;

/* Somebody else's process: of the stack's `auth`, with another user and other secrets. The oldest, which is the program itself, stays. */
async function workerOfAuth() {
  const uid = id("-u", "viva_auth");
  const found = () => processes().find(({ pid }) => uidOf(pid) === uid && isOfThisStack(pid))?.pid;
  return waitFor(found, { within: 60_000, what: "a process of auth" });
}

test("it is a function like any other, and its own is left to it", LIMIT, async () => {
  assert.equal(await attempt("read /etc/hostname"), "done");
  assert.equal(await attempt(`read ${seen}/run/c/secrets/signal/jwt.pub`), "done");
  assert.equal(await attempt(`connect ${seen}/run/signals.sock`), "done");
  for (const command of ["PING", "ZRANGE room:{r}:leases 0 -1", "EXISTS session:gone:s", "HMGET room:{r}:members s ended", "GET limit:signal_send:s", "EVAL return(1) 0"])
    assert.equal(await attempt(`redis ${command}`), "done", command);
  assert.equal(await attempt("sql viva_signal SELECT id, ended_at FROM room LIMIT 1"), "done");
});

test("another's tables and another's role are closed to it", LIMIT, async () => {
  for (const statement of ["SELECT * FROM account", "SELECT * FROM session", "DELETE FROM session", "UPDATE account SET name = ''", "SELECT * FROM run_output", "DELETE FROM event",
    "SELECT title FROM room", "CREATE TABLE mine (a int)", "COPY (SELECT 1) TO PROGRAM 'id'", "SELECT pg_read_file('/etc/passwd')", "SET ROLE viva_auth", "ALTER ROLE viva_signal SUPERUSER"]) {
    assert.match(await attempt(`sql viva_signal ${statement}`), /permission denied|must be (superuser|owner|able)/, statement);
  }
  for (const role of ["viva_auth", "viva_rooms", "postgres"]) assert.match(await attempt(`sql ${role} SELECT 1`), /authentication failed/, role);
  assert.match(await attempt("sql viva_runner SELECT 1"), /no password supplied/);
});

test("another's secrets, files and memory are closed to it", LIMIT, async () => {
  const pid = await workerOfAuth();
  for (const path of [`${seen}/secrets/jwt.key`, `${seen}/run/secrets/auth/jwt.key`, `${seen}/run/secrets/rooms/jwt.key`, `${seen}/run/secrets/auth/jwt.pub`, `${seen}/run/secrets/docs/redis.pass`,
    `${seen}/run/secrets/runner/redis.pass`, `${seen}/run/secrets/operator/redis.pass`, `${seen}/conf/redis.acl`, `${seen}/secrets/turn.secret`, `${seen}/objects`,
    `${seen}/pg/PG_VERSION`, `${seen}/redis/appendonlydir`, `/proc/${pid}/root/etc/hostname`, `/proc/${pid}/fd/2`, `/proc/${pid}/maps`, `/proc/${pid}/environ`, `/proc/${pid}/mem`, "/etc/shadow", "/root"]) {
    await refuses(`read ${path}`);
  }
});

test("of the file system it sees libraries and settings", LIMIT, async (t) => {
  if (said.includes("no Landlock")) return t.skip("this kernel has no Landlock");
  for (const path of ["/run/viva/tree/Makefile", "/proc/self/environ", "/proc/1/status", "/proc/1/root/etc/hostname", "/proc/self/maps", "/proc/self/root", "/sys/kernel", "/dev/shm", `${seen}/redis`, `${seen}/conf/port`, `${seen}/log`, "/tmp", "/"]) await refuses(`read ${path}`);
});

test("sockets that are not for functions are closed to it", LIMIT, async () => {
  for (const name of readdirSync(join(state, "run/fn")).filter((name) => name.endsWith(".sock"))) await refuses(`connect ${seen}/run/fn/${name}`);
  for (const name of ["realtime", "gateway", "metrics"]) await refuses(`connect ${seen}/run/${name}.sock`);
  const engine = readFileSync(join(state, "conf/engine"), "utf8").trim();
  for (const path of [engine, "/var/run/docker.sock", "/run/containerd/viva.sock"]) await refuses(`connect ${path}`, /^(EACCES|EPERM|ENOENT)$/);
  for (const path of ["fn/system.ctl", "observe/gateway.sock", "metrics.sock"]) await refuses(`connect ${seen}/run/${path}`);
  await refuses("connect @/containerd-shim/x", /^(EACCES|EPERM|ECONNREFUSED)$/);
});

/* NOPERM is what it did itself, the rest what it had a script do. */
async function redisRefuses(...commands) {
  for (const command of commands) assert.match(await attempt(`redis ${command}`), /NOPERM|user executing the script can't|ACL failure in script/, command);
}

test("another's keys are closed to it", LIMIT, async () => {
  await redisRefuses("XRANGE doc:{r}:code:log - +", "XADD doc:{r}:code:log * u x", "HSET doc:{r}:code:clients 1 p", "HGETALL doc:{r}:code:clocks", "DEL doc:{r}:code:log:asked",
    "ZADD room:{r}:leases 1 x", "ZREM room:{r}:leases x", "DEL room:{r}:members", "SET session:gone:s 1", "DEL session:gone:s",
    "GET limit:signin:{a}", "DEL limit:signin-wait:{a}", "SET limit:auth_signin:a 1", "GET limit:runs_submit:a", "DEL limit:signal_send:s",
    "XADD jobs * run r", "XADD cancels * run r", "XADD typed * run r", "XADD messages * from r", "XREAD STREAMS messages 0", "SET runner:seen x", "EXISTS runner:seen",
    "XRANGE run:r:output - +", "XADD run:r:input * d x", "XRANGE terminal:t:log - +", "XADD terminal:t:input * d x", "GET somebodys", "SET somebodys 1");
});

test("what it has a script do is held against the same rights", LIMIT, async () => {
  for (const what of ["'GET','limit:signin:{a}'", "'SET','session:gone:s','1'", "'XADD','jobs','*','run','r'", "'KEYS','*'", "'FLUSHALL'"]) {
    await redisRefuses(`EVAL return(redis.call(${what})) 0`);
    await redisRefuses(`EVAL return(redis.call(${what})) 1 limit:signal_send:s`);
  }
});

test("Redis itself is closed to it, and all of it at once", LIMIT, async () => {
  await redisRefuses("KEYS *", "SCAN 0", "RANDOMKEY", "DBSIZE", "FLUSHALL", "FLUSHDB", "SWAPDB 0 0", "SELECT 0", "CONFIG SET dir /tmp", "CONFIG GET dir", "MODULE LIST",
    "REPLICAOF 127.0.0.1 1", "SHUTDOWN NOSAVE", "SAVE", "BGREWRITEAOF", "ACL LIST", "ACL SETUSER viva_signal +@all", "INFO", "MONITOR", "CLIENT LIST", "CLIENT KILL TYPE normal",
    "SCRIPT FLUSH", "FUNCTION FLUSH", "PUBLISH a b", "SUBSCRIBE a", "MIGRATE h 1 k 0 1");
});

test("to Redis it is nobody else", LIMIT, async () => {
  assert.match(await attempt("as "), /NOAUTH/, "who does not say who they are");
  for (const user of ["default", "viva_docs", "viva_runner", "operator"]) for (const password of ["x", "viva", ""]) assert.match(await attempt(`as ${user} ${password}`), /NOAUTH/, user);
  assert.equal(await attempt(`as ${readFileSync(join(state, "run/secrets/signal/redis.pass"), "utf8").trim()}`), "done", "but with its own password itself");
});

/* Redis reads its log as its default user, and holds what a script wrote in one step against the rights of that one. */
test("the rights take nothing from what Redis reads again after it was killed", LIMIT, async () => {
  const dir = mkdtempSync(join(tmpdir(), "viva-acl-"));
  const at = join(dir, "redis.sock");
  const settings = { port: 0, unixsocket: at, dir, aclfile: join(state, "conf/redis.acl"), appendonly: "yes", save: "" };
  let child;
  const start = async () => {
    child = spawn("redis-server", Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]), { stdio: "ignore" });
    await waitFor(() => redisAt(at, "PING") === "PONG", { within: 60_000, what: "a Redis with the stack's users" });
  };
  const end = () => new Promise((done) => child.once("exit", done) && child.kill("SIGKILL"));
  try {
    await start();
    redisAt(at, "EVAL", "redis.call('SET', 'limit:x_y:z', 1) redis.call('XADD', 'doc:{r}:code:log', '*', 'u', 'x') return 1", "0");
    await end();
    rmSync(at);
    await start();
    assert.equal(redisAt(at, "EXISTS", "limit:x_y:z", "doc:{r}:code:log"), "2");
  } finally {
    await end();
    rmSync(dir, { recursive: true, force: true });
  }
});

test("there is no network", LIMIT, async () => {
  await refuses(`tcp ${process.env.PORT ?? new URL(process.env.VIVA_URL).port}`);
  for (const family of [2, 10, 16, 17, 40]) await refuses(`socket ${family}`);
});

test("it writes nowhere", LIMIT, async () => {
  for (const path of ["/run/viva/tree/build/fn/x", "/run/viva/tree/x", `${seen}/run/fn/x`, `${seen}/log/x`, "/tmp/x", "/dev/shm/x", "/var/tmp/x", `${seen}/run/c/secrets/signal/x`, `${seen}/objects/x`]) await refuses(`write ${path}`);
  await refuses(`change ${seen}/run/c/secrets/signal/jwt.pub`);
  await refuses(`unlink ${seen}/run/c/secrets/signal/jwt.pub`);
  await refuses(`rmdir ${seen}/run/c/secrets/signal`);
});

test("it signals nobody, and code is not made", LIMIT, async () => {
  const pid = await workerOfAuth();
  await refuses(`kill ${pid}`);
  await refuses(`tgkill ${pid}`);
  await refuses(`kill ${fnd.pid}`);
  await refuses("code x");
});

test("a program, a process, another's memory, another identity: it is the last thing it tries", LIMIT, async () => {
  const pid = await workerOfAuth();
  for (const what of ["exec /bin/sh", "fork x", `ptrace ${pid}`, `memory ${pid}`, "setuid x"]) {
    const before = said.length;
    assert.equal(await attempt(what), "killed", what);
    await waitFor(() => /killed by signal 31/.test(said.slice(before)), { within: 60_000, what: `the log tells of ${what}` });
    await waitFor(async () => (await attempt("read /etc/hostname").catch(() => "")) === "done", { within: 120_000, what: "another that serves" });
  }
});

test("nor is any other way left to more rights, to other processes, or to what all workers share", LIMIT, async () => {
  const names = (await attempt("calls x")).trim().split(" ");
  assert.ok(names.length > 40);
  for (const [n, name] of names.entries()) {
    assert.match(await attempt(`call ${n}`), /^(EACCES|EPERM|EROFS|ENOSYS|killed)$/, name);
    await waitFor(async () => (await attempt("read /etc/hostname").catch(() => "")) === "done", { within: 120_000, what: `one that serves after ${name}` });
  }
});

/* After so many deaths fnd may wait a while. */
test("a fault of its own is still told as what it is", LIMIT, async () => {
  const before = said.length;
  assert.equal(await attempt("abort x"), "killed");
  await waitFor(() => /killed by signal 6/.test(said.slice(before)), { within: 60_000, what: "the log tells of abort" });
});
