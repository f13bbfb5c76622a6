/*
 * world.mjs - a PostgreSQL and a Redis, each on a small disk of its own, and functions before them; whoever of them dies is
 * started again after a second, as a service of the stack is.
 *
 *   const world = await World.make();
 *   world.fill("pg");              to the last byte
 *   world.free("pg");
 *
 * The disks are file systems in memory, mounted where only PostgreSQL and Redis are: in the mount namespace of a process that
 * holds them, and with it they vanish. The settings are those of the stack where they matter here.
 */
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync, statfsSync } from "node:fs";
import { join, resolve } from "node:path";
import { ask } from "../lib/fastcgi.mjs";
import { check } from "../lib/contract.mjs";
import { Services } from "../lib/services.mjs";

const top = resolve(import.meta.dirname, "../..");
const FUNCTIONS = ["auth", "rooms", "docs", "runs", "system"];
const MIB = { pg: 112, redis: 16 };

export class World extends Services {
  static async make() {
    const world = new World(top);
    /* Nobody listens there: rooms are told nothing, and it does no harm. */
    world.env.VIVA_REALTIME = join(world.top, "run/realtime.sock");
    world.env.VIVA_REDIS_DISK = join(world.top, "redis");
    await world.mount();
    await world.start();
    world.sql("INSERT INTO language (name, title, version, file) VALUES ('python', 'Python', '3', 'main.py')");
    await world.startFunctions(...FUNCTIONS);
    world.keep();
    return world;
  }

  async mount() {
    mkdirSync(join(this.top, "redis"));
    const disks = Object.entries(MIB).map(([name, size]) => `mount -t tmpfs -o size=${size}m,mode=0700 small ${join(this.top, name)}`);
    const script = `${disks.join(" && ")} && echo mounted && exec sleep infinity`;
    this.holder = spawn("unshare", ["--mount", "--propagation", "private", "sh", "-c", script], { cwd: "/", stdio: ["ignore", "pipe", "inherit"] });
    const said = await this.holder.stdout[Symbol.asyncIterator]().next();
    assert.equal(String(said.value), "mounted\n");
    Object.assign(this, {
      before: ["nsenter", "--target", String(this.holder.pid), "--mount", "--"],
      root: `/proc/${this.holder.pid}/root`,
      /* Small segments, and few of them ahead: a small disk. */
      cluster: ["--wal-segsize=1"],
      settings: ["fsync=on", "min_wal_size=2MB", "max_wal_size=8MB", "shared_buffers=16MB"],
      redisSettings: ["--dir", join(this.top, "redis"), "--appendonly", "yes", "--appendfsync", "everysec", "--maxmemory-policy", "noeviction"],
    });
  }

  keep() {
    this.starts = { postgres: 1, redis: 1 };
    for (const [name, again] of [["postgres", "runPostgres"], ["redis", "runRedis"]]) {
      const watch = () =>
        this[name].gone.then(() =>
          setTimeout(() => {
            if (this.ending) return;
            this.starts[name]++;
            this[again]();
            watch();
          }, 1000),
        );
      watch();
    }
  }

  /* dd ends as there is no room for more. */
  fill(disk) {
    const file = join(this.root, this.top, disk, "filler");
    assert.throws(() => execFileSync("dd", ["if=/dev/zero", `of=${file}`, "bs=4k"], { stdio: "pipe" }), /No space left on device/);
  }

  /* All but so many mebibytes. */
  leave(disk, mebibytes) {
    const folder = join(this.root, this.top, disk);
    const { bavail, bsize } = statfsSync(folder);
    const much = bavail * bsize - mebibytes * 2 ** 20;
    if (much > 0) execFileSync("fallocate", ["-l", String(much), join(folder, mebibytes ? "filler" : "rest")]);
  }

  free(disk) {
    for (const name of ["filler", "rest"]) rmSync(join(this.root, this.top, disk, name), { force: true });
  }

  redisCli(...args) {
    return execFileSync("redis-cli", ["-s", this.env.VIVA_REDIS, ...args], { encoding: "utf8" }).trim();
  }

  /* Everything PostgreSQL ever said, whichever process it was. */
  get said() {
    return this.children.map((child) => child.said).join("");
  }

  /* As somebody, or as nobody yet: {status, headers, body, raw}; a request that fails is one that is busy, and says so. */
  async call(who, method, path, body) {
    const data = body instanceof Uint8Array ? Buffer.from(body) : Buffer.from(body ? JSON.stringify(body) : "");
    const reply = await ask(this.socket(path.includes("/docs/") ? "docs" : /\/runs/.test(path) ? "runs" : path === "/api/health" ? "system" : path.split("/")[2]), {
      REQUEST_METHOD: method, REQUEST_URI: path, HTTP_HOST: "localhost", REMOTE_ADDR: "127.0.0.1", HTTP_SEC_FETCH_SITE: "same-origin",
      CONTENT_LENGTH: data.length, CONTENT_TYPE: body instanceof Uint8Array ? "application/octet-stream" : "application/json",
      ...(who ? { HTTP_AUTHORIZATION: `Bearer ${who}` } : {}),
    }, data);
    if (reply.status >= 400 && path !== "/api/health") {
      assert.match(reply.headers["content-type"], /^application\/problem\+json/);
      check("Problem", JSON.parse(reply.body));
    }
    return reply;
  }

  /* As the dispatcher hands over a message of a queue, or a schedule. */
  trigger(name, queue, message = {}) {
    const data = Buffer.from(JSON.stringify(message));
    return ask(this.socket(name), { REQUEST_METHOD: "POST", REQUEST_URI: "/", HTTP_HOST: "localhost", TRIGGER: `${name}_${queue}`, MESSAGE_ID: randomBytes(16).toString("hex"), MESSAGE_ATTEMPT: "1",
      CONTENT_LENGTH: data.length, CONTENT_TYPE: "application/json" }, data);
  }

  async must(status, ...call) {
    const reply = await this.call(...call);
    assert.equal(reply.status, status, reply.body);
    return reply.body && JSON.parse(reply.body);
  }

  async person() {
    const name = randomBytes(8).toString("hex");
    return (await this.must(201, null, "POST", "/api/auth/signup", { email: `${name}@example.org`, password: `${name} ${name}`, name })).access_token;
  }

  async end() {
    this.ending = true;
    await this.stop();
    this.holder.kill("SIGKILL");
  }
}
