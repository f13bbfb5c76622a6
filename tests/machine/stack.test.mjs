/*
 * stack.test.mjs - the stack as a whole: a second one beside the first, stopped, started again, killed.
 *
 * It uses the first one's container engine, so that no image is built twice.
 */
import assert from "node:assert/strict";
import { execFile, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { waitFor } from "../lib/wait.mjs";

const top = new URL("../..", import.meta.url).pathname;
const first = process.env.VIVA_STATE;
const engine = join(first, "run/docker.sock");
const state = mkdtempSync(join(tmpdir(), "viva-second-"));
const port = Number(process.env.PORT) + 1;
const base = `http://127.0.0.1:${port}`;
const env = {
  ...process.env,
  PORT: String(port),
  VIVA_STATE: state,
  VIVA_BUILT: "1",
  VIVA_RATE: "20",
  ...(existsSync(engine) ? { VIVA_DOCKER: engine } : {}),
};

/* A stack that does not start says so within a minute or two. */
const LIMIT = { timeout: 180_000 };

const script = async (name, ...args) => promisify(execFile)(join(top, "infra/machine", name), args, { env });
const start = async () => (await script("up", "--background")).stdout;
const health = async (url) => (await (await fetch(`${url}/api/health`)).json()).status;
const accounts = (method, path, body) =>
  fetch(base + path, { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

const safely = (f) => {
  try {
    return f();
  } catch {
    return undefined; /* it is gone, or a kernel thread */
  }
};

/* The processes that see our state directory as the stack's: all of a stack's, whoever started them. */
function ours() {
  const { dev, ino } = statSync(state);
  return readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid))
    .filter((pid) => {
      const seen = safely(() => statSync(`/proc/${pid}/root/run/viva/state`));
      return seen?.dev === dev && seen.ino === ino;
    });
}

before(async () => assert.match(await start(), /ready in [\d.]+ s\n/));
after(async () => {
  await script("down").catch(() => {});
  rmSync(state, { recursive: true, force: true });
});

test("two stacks run side by side", LIMIT, async () => {
  /* A part that did not answer within two seconds is called ill, and the machine may stand still for as long. */
  for (const url of [base, process.env.VIVA_URL])
    await waitFor(async () => (await health(url)) === "ok", { within: 60_000, what: `${url} to be well` });
});

test("status says in words that all runs", LIMIT, async () => {
  const { stdout } = await script("status");
  assert.match(stdout, /postgres: runs/);
  assert.match(stdout, /runs: 0 go on, 0 wait; runners: 1\n/);
  assert.match(stdout, /is healthy/);
});

/* 1 and 2 are SCHED_FIFO and SCHED_RR (proc(5), the fields of stat after the name). */
const isRealTime = (pid) => ["1", "2"].includes(readFileSync(`/proc/${pid}/stat`, "utf8").replace(/.*\) /s, "").split(" ")[38]);
const allowed = () => spawnSync("chrt", ["--rr", "1", "true"]).status === 0;

test("what carries edits runs in real time, where that is allowed, and nothing else does", LIMIT, async (t) => {
  if (!allowed()) return t.skip("nothing may run in real time here");
  const live = new Set();
  for (const pid of ours()) safely(() => isRealTime(pid) && live.add(readFileSync(`/proc/${pid}/comm`, "utf8").trim()));
  assert.deepEqual([...live].sort(), ["docs", "nginx", "redis-server", "signal", "terminal"]);
});

test("a link signs the owner in, once", LIMIT, async () => {
  const { stdout } = await script("link");
  const [, token] = /\/first#([\w-]+)\s*$/.exec(stdout);
  const use = () => accounts("POST", "/api/auth/first", { token });
  assert.equal((await use()).status, 200);
  assert.equal((await use()).status, 410);
});

test("secrets are nobody's but their owner's", () => {
  for (const name of readdirSync(join(state, "secrets"))) {
    const mode = statSync(join(state, "secrets", name)).mode & 0o777;
    assert.equal(mode, name === "jwt.pub" ? 0o444 : 0o400, name);
  }
  assert.equal(statSync(join(state, "run")).mode & 0o007, 0, "no stranger reaches a socket");
});

/* VIVA_RATE is 20 a second here, with a burst of 2000. */
test("too many requests from one address are refused as a problem, with the time to wait", LIMIT, async () => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 32 });
  const get = () =>
    new Promise((done, fail) => {
      const request = http.get(`${base}/api/health`, { agent, localAddress: "127.9.9.9" }, (reply) => {
        let text = "";
        reply.on("data", (chunk) => (text += chunk)).on("end", () => done({ status: reply.statusCode, headers: reply.headers, text }));
      });
      request.on("error", fail);
    });
  const refused = await waitFor(async () => (await Promise.all(Array.from({ length: 300 }, get))).find((r) => r.status === 429), {
    within: 60_000,
    what: "a 429",
  });
  agent.destroy();
  assert.equal(refused.headers["content-type"], "application/problem+json");
  assert.equal(refused.headers["retry-after"], "1");
  assert.equal(JSON.parse(refused.text).type, "limit");
  assert.equal((await fetch(`${base}/api/health`)).status, 200, "another address is served");
});

test("a second start is refused while the first runs", LIMIT, async () => {
  await assert.rejects(start(), /already runs/);
});

const person = { email: "ann@example.org", password: "correct horse battery" };
const signin = async () => (await accounts("POST", "/api/auth/signin", person)).status;

test("stopped, it leaves its data and no process; started again it is ready in seconds", LIMIT, async () => {
  assert.equal((await accounts("POST", "/api/auth/signup", { ...person, name: "Ann" })).status, 201);
  await script("down");
  assert.deepEqual(ours(), []);
  const began = performance.now();
  await start();
  assert.ok(performance.now() - began < 60_000, "seconds, not minutes");
  assert.equal(await signin(), 200);
});

test("killed with -9, all of it at once, it starts cleanly", LIMIT, async () => {
  for (let left = ours(); left.length > 0; left = ours()) {
    for (const pid of left) safely(() => process.kill(Number(pid), "SIGKILL"));
  }
  await waitFor(() => start().catch((error) => void assert.match(error.message, /already runs/)), {
    within: 60_000,
    what: "a start after the death of all",
  });
  assert.equal(await signin(), 200);
});

test("Ctrl-C in the foreground stops all of it", LIMIT, async () => {
  await script("down");
  const up = spawn(join(top, "infra/machine/up"), [], { env, detached: true });
  let said = "";
  up.stdout.on("data", (chunk) => (said += chunk));
  const ended = new Promise((done) => up.on("exit", (code) => done(code)));
  await waitFor(() => /\/first#[\w-]+\n/.test(said), { within: 120_000, what: "a link" });
  process.kill(-up.pid, "SIGINT"); /* as a terminal does: the whole group */
  assert.equal(await ended, 0);
  assert.deepEqual(ours(), []);
  assert.ok(readFileSync(join(state, "pg/PG_VERSION"), "utf8").length > 0, "the data stays");
});
