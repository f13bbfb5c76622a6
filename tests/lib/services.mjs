/*
 * services.mjs - a PostgreSQL, a Redis, a fnd of one's own, for tests that need no more than that.
 *
 *   const services = new Services(copy.top);             of this tree
 *   await services.start();
 *   services.sql("SELECT 1");
 *
 * Everything lies in a directory of its own and ends with stop(). Started by root, PostgreSQL runs as its own user.
 */
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kill, of } from "./process.mjs";
import { waitFor } from "./wait.mjs";

const isRoot = process.getuid() === 0;
const POSTGRES = "/usr/lib/postgresql";
const bin = join(POSTGRES, readdirSync(POSTGRES).sort((a, b) => a - b).at(-1), "bin");
const asPostgres = isRoot ? ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"] : [];
const superuser = isRoot ? "postgres" : execFileSync("id", ["-un"], { encoding: "utf8" }).trim();
const id = (...what) => Number(execFileSync("id", what, { encoding: "utf8" }));

export class Services {
  constructor(tree) {
    this.tree = tree;
    this.top = mkdtempSync(join(tmpdir(), "viva-"));
    this.children = [];
    /* For who wants them elsewhere or otherwise: what PostgreSQL and Redis are started by, and where they see "/"; what they are told. */
    Object.assign(this, { before: [], root: "/", cluster: [], settings: [], redisSettings: ["--dir", this.top] });
    chmodSync(this.top, 0o755);
    for (const dir of ["pg", "run", "run/pg", "run/fn", "secrets", "fn"]) mkdirSync(join(this.top, dir));
    chmodSync(join(this.top, "run/fn"), 0o777);
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    writeFileSync(join(this.top, "secrets/jwt.pub"), publicKey.export({ type: "spki", format: "pem" }));
    writeFileSync(join(this.top, "secrets/jwt.key"), privateKey.export({ type: "pkcs8", format: "pem" }));
    this.env = {
      PATH: process.env.PATH, VIVA_RUN: join(this.top, "run"), VIVA_SECRETS: join(this.top, "secrets"),
      VIVA_PG: `host=${this.top}/run/pg dbname=viva`, VIVA_REDIS: join(this.top, "run/redis.sock"), VIVA_LOG: "debug",
    };
  }

  /* A program that ends with the test; what it says is in child.said. */
  spawn(command, args, env = {}) {
    const child = spawn(command, args, { cwd: "/", env: { ...this.env, ...env }, stdio: ["ignore", "ignore", "pipe"] });
    child.said = "";
    child.stderr.on("data", (data) => (child.said += data));
    child.gone = new Promise((done) => child.once("exit", done));
    this.children.push(child);
    return child;
  }

  async startPostgres() {
    const data = join(this.top, "pg");
    if (isRoot) for (const dir of [data, join(this.top, "run/pg")]) chownSync(join(this.root, dir), id("-u", "postgres"), id("-g", "postgres"));
    if (!existsSync(join(this.root, data, "PG_VERSION"))) {
      const [command, ...args] = [...this.before, ...asPostgres, join(bin, "initdb"), "-D", data, "--no-sync", "--auth=trust", "-U", superuser, "--encoding=UTF8", "--locale=C.UTF-8", ...this.cluster];
      execFileSync(command, args, { cwd: "/", stdio: "ignore" });
    }
    this.runPostgres();
    await waitFor(() => this.sql("SELECT 1", "postgres"), { what: "PostgreSQL answers" });
  }

  runPostgres() {
    const settings = ["listen_addresses=", `unix_socket_directories=${this.top}/run/pg`, "fsync=off", "jit=off", "timezone=UTC", ...this.settings];
    const [command, ...args] = [...this.before, ...asPostgres, join(bin, "postgres"), "-D", join(this.top, "pg"), ...settings.flatMap((s) => ["-c", s])];
    this.postgres = this.spawn(command, args);
  }

  async startRedis() {
    this.runRedis();
    await waitFor(() => existsSync(this.env.VIVA_REDIS), { what: "Redis listens" });
  }

  runRedis() {
    const [command, ...args] = [...this.before, "redis-server", "--port", "0", "--unixsocket", this.env.VIVA_REDIS, "--unixsocketperm", "777", "--save", "", ...this.redisSettings];
    this.redis = this.spawn(command, args);
  }

  /* Both, and the schema as the tree has it. */
  async start() {
    await Promise.all([this.startPostgres(), this.startRedis()]);
    this.sql("CREATE DATABASE viva", "postgres");
    const files = readdirSync(join(this.tree, "schemas/sql")).filter((name) => /^\d/.test(name)).sort();
    for (const name of [...files, "roles.sql"]) this.sql(readFileSync(join(this.tree, "schemas/sql", name), "utf8"));
  }

  /* The rows of a statement, each an array of texts. */
  sql(text, database = "viva", user = superuser) {
    const args = ["-X", "-q", "-At", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-h", `${this.top}/run/pg`, "-U", user, "-d", database, "-f", "-"];
    const out = execFileSync("psql", args, { input: text, cwd: "/", encoding: "utf8", stdio: ["pipe", "pipe", "pipe"], env: { PATH: process.env.PATH, PGOPTIONS: "-c client_min_messages=warning" } });
    return out.split("\n").filter(Boolean).map((line) => line.split("\t"));
  }

  socket(name) {
    return join(this.env.VIVA_RUN, "fn", `${name}.sock`);
  }

  /* fnd with the tree's programs of these names; a pool.conf that is there already stays. */
  async startFunctions(...names) {
    for (const name of names)
      for (const file of [name, `${name}.conf`]) {
        const from = join(this.tree, "build/fn", file);
        const to = join(this.top, "fn", file);
        if (existsSync(from) && !existsSync(to)) execFileSync("cp", [from, to]);
      }
    const [command, ...args] = [...this.before, join(this.tree, "build/bin/fnd"), "-u", "nobody", "-g", "nogroup", join(this.top, "fn")];
    this.fnd = this.spawn(command, args);
    /* The other socket comes after the one for requests listens. */
    const listens = (name) => existsSync(join(this.env.VIVA_RUN, "fn", `${name}.ctl`)) && existsSync(this.socket(name));
    await waitFor(() => names.every(listens), { what: "the functions' sockets" });
  }

  /* Kills every process of a function, its zygote as well. One may end by itself before its turn comes: the zygote was first. */
  killFunction(name) {
    const pids = execFileSync("pgrep", ["-f", `${this.top}/fn/${name}`], { encoding: "utf8" }).trim().split("\n").map(Number);
    for (const pid of pids) if (of(pid, "comm").trim() === name) kill(pid);
  }

  async stop() {
    for (const child of this.children.reverse()) {
      child.kill(child === this.fnd ? "SIGTERM" : child === this.postgres ? "SIGQUIT" : "SIGKILL");
      await child.gone;
    }
    rmSync(this.top, { recursive: true, force: true });
    assert.ok(this.children.every((child) => child.exitCode !== null || child.signalCode !== null));
  }
}
