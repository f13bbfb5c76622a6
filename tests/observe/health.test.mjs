/*
 * health.test.mjs - GET /api/health with each part away in turn: what it says, to whom, and what it costs.
 *
 * Nothing of the stack is stopped for it: a second fnd with the function `system` alone runs inside the stack's mount
 * namespace, with the stack's own database, cache and broadcasters but for the part that is to be away. Its folder is
 * a file system of its own, so that its disk can be nearly full.
 */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { api, waitFor } from "../lib/api.mjs";
import { ask } from "../lib/fastcgi.mjs";
import { state } from "../lib/stack.mjs";

const HOME = "/run/viva/state/tmp";
const SYSTEM = `
mount -t tmpfs -o size=$SIZE,mode=755 health ${HOME}
mkdir -p ${HOME}/fn ${HOME}/run/fn ${HOME}/run/secrets
cp -p /run/viva/tree/build/fn/system /run/viva/tree/build/fn/system.conf ${HOME}/fn/
cp -pR /run/viva/state/run/secrets/system ${HOME}/run/secrets/
exec /run/viva/tree/build/bin/fnd ${HOME}/fn`;
const WHOLE = {
  SIZE: "2g", VIVA_RUN: `${HOME}/run`, VIVA_SECRETS: "/run/viva/state/secrets", VIVA_WORKERS: "1", PATH: process.env.PATH,
  VIVA_PG: "host=/run/viva/state/run/pg dbname=viva", VIVA_REDIS: "/run/viva/state/run/redis.sock",
  VIVA_REALTIME: "/run/viva/state/run/realtime.sock", VIVA_SIGNALS: "/run/viva/state/run/signals.sock",
};
const REQUEST = { REQUEST_METHOD: "GET", REQUEST_URI: "/api/health", HTTP_HOST: "localhost", REMOTE_ADDR: "127.0.0.1" };

class System {
  constructor(env) {
    const up = readFileSync(join(state, "run/up.pid"), "utf8").trim();
    this.said = "";
    this.child = spawn("nsenter", ["--target", up, "--mount", "unshare", "-m", "sh", "-ec", SYSTEM], {
      env: { ...WHOLE, ...env }, stdio: ["ignore", "ignore", "pipe"],
    });
    this.child.stderr.on("data", (data) => (this.said += data));
    this.ended = once(this.child, "exit");
  }

  /* {status, retry, body} of the health that it tells. */
  async health() {
    const socket = `/proc/${this.child.pid}/root${HOME}/run/fn/system.sock`;
    const answered = () => ask(socket, REQUEST).catch((error) => ["ENOENT", "ECONNREFUSED"].includes(error.code) ? undefined : Promise.reject(error));
    const { status, headers, body } = await waitFor(answered, { what: `somebody at the function's socket: ${this.said}` });
    return { status, retry: headers["retry-after"], text: body, body: JSON.parse(body) };
  }

  async end() {
    this.child.kill("SIGTERM");
    await this.ended;
  }
}

async function within(env, check) {
  const system = new System(env);
  try {
    return await check(system);
  } finally {
    await system.end();
  }
}

/* A Redis of our own, in which no runner has ever said anything. */
const folder = mkdtempSync(join(tmpdir(), "viva-health-"));
const ownRedis = join(folder, "redis.sock");
let redis;

before(async () => {
  chmodSync(folder, 0o755);
  redis = spawn("redis-server", ["--port", "0", "--unixsocket", ownRedis, "--unixsocketperm", "777", "--save", "", "--dir", folder, "--user", "viva_system", "on", "nopass", "~*", "+@all"], { stdio: "ignore" });
  await waitFor(() => existsSync(ownRedis), { what: "our Redis" });
});

after(async () => {
  const gone = once(redis, "exit");
  redis.kill();
  await gone;
  rmSync(folder, { recursive: true });
});

const missing = ({ body }) => body.parts.filter((part) => !part.ok).map((part) => part.name);

const NOWHERE = "/nowhere/at.sock";
const away = {
  postgres: { env: { VIVA_PG: "host=/nowhere dbname=viva" }, status: [503, "down"], missing: ["postgres"] },
  redis: { env: { VIVA_REDIS: NOWHERE }, status: [503, "down"], missing: ["redis", "runner"] },
  realtime: { env: { VIVA_REALTIME: NOWHERE }, status: [200, "degraded"], missing: ["realtime"] },
  signals: { env: { VIVA_SIGNALS: NOWHERE }, status: [200, "degraded"], missing: ["signals"] },
  "any runner": { env: { VIVA_REDIS: ownRedis }, status: [200, "degraded"], missing: ["runner"] },
  "room on the disk": { env: { SIZE: "64m" }, status: [200, "degraded"], missing: ["disk"] },
};

test("with everything there it is well", async () => {
  await within({}, async (system) => {
    const said = await waitFor(async () => {
      const now = await system.health();
      return now.body.status === "ok" && now;
    }, { what: "everything to be well" });
    assert.deepEqual([said.status, said.retry, missing(said)], [200, undefined, []]);
    assert.ok(said.body.parts.every((part) => part.detail === undefined));
  });
});

for (const [what, { env, status, missing: names }] of Object.entries(away)) {
  test(`without ${what} it says so in words, and why in the log alone`, async () => {
    await within(env, async (system) => {
      /* Others are there, but on a busy machine one may take longer to say so than it is waited for. */
      const said = await waitFor(async () => {
        const now = await system.health();
        return assert.deepEqual(missing(now), names, now.text) ?? now;
      }, { what: `${names} to be all that is missing` });
      assert.deepEqual([said.status, said.body.status], status, said.text);
      assert.equal(said.retry !== undefined, said.status === 503);
      for (const part of said.body.parts.filter((p) => !p.ok)) assert.ok(part.detail.length > 10);
      assert.doesNotMatch(said.text, /nowhere|viva_|\/run\/|connect|bytes|sock/i, "nobody outside learns how it is made");
      const reasons = () => system.said.split("\n").filter((line) => line.includes("health: ")).map((line) => JSON.parse(line));
      const told = (name) => reasons().some((line) => line.msg.startsWith(`health: ${name}: `) && line.level === "warn");
      for (const name of names) await waitFor(() => told(name), { what: `a line that says why ${name} is missing` });
    });
  });
}

test("who asks often costs nobody anything", async () => {
  const stat = () => Number(/cmdstat_ping:calls=(\d+)/.exec(spawnSync("redis-cli", ["-s", ownRedis, "info", "commandstats"], { encoding: "utf8" }).stdout)?.[1] ?? 0);
  await within({ VIVA_REDIS: ownRedis }, async (system) => {
    await system.health();
    const [before, began] = [stat(), performance.now()];
    for (let i = 0; i < 300; i++) await system.health();
    const seconds = (performance.now() - began) / 1000;
    assert.ok(stat() - before <= seconds + 1, `${stat() - before} times in ${seconds} s`);
  });
});

test("it is the same for anybody, through the gateway", async () => {
  const said = (await api.anyone().get("/api/health")).body;
  assert.deepEqual(said.parts.map((part) => part.name), ["postgres", "redis", "realtime", "signals", "runner", "disk"]);
});
