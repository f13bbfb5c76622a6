/*
 * world.mjs - everything that the peers need, started for this bench alone: PostgreSQL, Redis, nginx, and the peers.
 *
 * PostgreSQL and Redis have the product's settings and schema, and are reached over unix sockets.
 * Started by root, each service runs as the user it has in the product.
 */
import { execFileSync, spawn } from "node:child_process";
import { generateKeyPairSync, createHash, randomBytes, sign } from "node:crypto";
import { chmodSync, chownSync, closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join, resolve } from "node:path";
import { QUEUE } from "../../../schemas/gen/nginx.mjs";
import { waitFor } from "../../lib/wait.mjs";
import { descendants } from "../proc.mjs";

const here = import.meta.dirname;
const tree = resolve(here, "../../..");
const build = resolve(tree, process.env.VIVA_BUILD ?? "build");
const isRoot = process.getuid() === 0;
export const WORKERS = 4; /* ours (bench/pool.conf), and PHP's children */
const NODES = 2; /* Node's processes: one for each core that the others are measured on */

const numberOf = (what, user) => Number(execFileSync("id", [what, user], { encoding: "utf8" }));
const as = (user) => (isRoot ? { uid: numberOf("-u", user), gid: numberOf("-g", user) } : {});

/* The newest of programs whose place has a version in it. */
function newest(folder, pattern, program = "") {
  const found = readdirSync(folder).filter((name) => pattern.test(name)).sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  if (found.length === 0) throw new Error(`${folder}: nothing like ${pattern}`);
  return join(folder, found.at(-1), program);
}

function freePort() {
  return new Promise((done) => {
    const server = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

const answers = (path) =>
  new Promise((done) => {
    const socket = net.connect(path, () => done(true) || socket.destroy());
    socket.on("error", () => done(false));
  });

const base64url = (value) => Buffer.from(value).toString("base64url");

/* A token that the runtime takes (functions/lib/io/jwt.c): ES256, the key named by its thumbprint. */
function token({ publicKey, privateKey }) {
  const { crv, kty, x, y } = publicKey.export({ format: "jwk" });
  const kid = createHash("sha256").update(JSON.stringify({ crv, kty, x, y })).digest("base64url");
  const claims = { sub: base64url(randomBytes(16)), sid: base64url(randomBytes(16)), iat: 0, exp: Math.floor(Date.now() / 1000) + 86_400 };
  const signed = [{ alg: "ES256", typ: "JWT", kid }, claims].map((part) => base64url(JSON.stringify(part))).join(".");
  return `${signed}.${base64url(sign("sha256", Buffer.from(signed), { key: privateKey, dsaEncoding: "ieee-p1363" }))}`;
}

export class World {
  children = new Map();
  ports = {};
  nodes = NODES;

  async start() {
    this.top = mkdtempSync(join(tmpdir(), "viva-fb-"));
    chmodSync(this.top, 0o755);
    for (const dir of ["run", "run/fn", "secrets", "pg", "redis", "tmp"]) mkdirSync(join(this.top, dir));
    if (isRoot) for (const dir of ["run", "run/fn", "secrets"]) chownSync(join(this.top, dir), numberOf("-u", "viva"), numberOf("-g", "viva"));
    const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
    this.publicKey = keys.publicKey.export({ type: "spki", format: "pem" });
    this.token = token(keys);
    this.password = randomBytes(24).toString("hex");
    this.secret("jwt.pub", this.publicKey);
    for (const name of ["bare", "raw", "ours", "load", "php", "express"]) this.ports[name] = await freePort();
    await this.#postgres();
    await this.#redis();
    await this.#peers();
    await this.#nginx();
  }

  secret(name, text) {
    const path = join(this.top, "secrets", name);
    writeFileSync(path, text, { mode: 0o400 });
    if (isRoot) chownSync(path, numberOf("-u", "viva"), numberOf("-g", "viva"));
  }

  #spawn(name, argv, options = {}) {
    const log = openSync(join(this.top, `${name}.log`), "a");
    const child = spawn(argv[0], argv.slice(1), { cwd: "/", stdio: ["ignore", log, log], ...options });
    closeSync(log);
    this.children.set(name, child);
    return child;
  }

  /* The processes of a part. */
  pids(name) {
    return descendants(this.children.get(name).pid);
  }

  /* A settings file of this folder with its words filled in. */
  #settings(name, words) {
    const path = join(this.top, name);
    const all = { TOP: this.top, HERE: here, ...words };
    writeFileSync(path, readFileSync(join(here, name), "utf8").replace(/@([A-Z]+)@/g, (_, word) => all[word]));
    return path;
  }

  psql(sql, database = "viva") {
    const argv = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", join(this.top, "run"), "-U", "postgres", "-d", database];
    return execFileSync("psql", argv, { input: sql, encoding: "utf8", stdio: "pipe", env: { PATH: process.env.PATH, PGOPTIONS: "-c client_min_messages=warning" } }).trim();
  }

  async #postgres() {
    const bin = join(newest("/usr/lib/postgresql", /^\d+$/), "bin");
    const data = join(this.top, "pg");
    const user = as("postgres");
    const env = { PATH: process.env.PATH, LANG: "C.UTF-8" };
    if (isRoot) {
      chownSync(data, user.uid, user.gid);
      chmodSync(join(this.top, "run"), 0o777);
    }
    chmodSync(data, 0o700);
    execFileSync(join(bin, "initdb"), ["-D", data, "--no-sync", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8"], { ...user, env, cwd: "/", stdio: "pipe" });
    /* As in the product: our function is known by its user, everybody else by a password. */
    writeFileSync(join(this.top, "pg_hba.conf"), "local all postgres trust\nlocal viva viva_bench peer map=bench\nlocal viva all scram-sha-256\n");
    writeFileSync(join(this.top, "pg_ident.conf"), `bench ${isRoot ? "viva" : userInfo().username} viva_bench\n`);
    const set = { config_file: join(tree, "infra/machine/conf/postgresql.conf"), unix_socket_directories: join(this.top, "run"), hba_file: join(this.top, "pg_hba.conf"), ident_file: join(this.top, "pg_ident.conf") };
    this.#spawn("postgres", [join(bin, "postgres"), "-D", data, ...Object.entries(set).flatMap(([k, v]) => ["-c", `${k}=${v}`])], { ...user, env });
    await waitFor(() => this.psql("SELECT 1", "postgres"), { what: "PostgreSQL", every: 100 });
    this.psql("CREATE DATABASE viva", "postgres");
    const sql = join(tree, "schemas/sql");
    for (const file of readdirSync(sql).filter((name) => /^\d/.test(name)).sort()) this.psql(readFileSync(join(sql, file), "utf8"));
    this.psql(`CREATE ROLE viva_bench LOGIN; CREATE ROLE bench_peer LOGIN PASSWORD '${this.password}'`);
    this.psql(readFileSync(join(here, "schema.sql"), "utf8"));
  }

  async #redis() {
    const socket = join(this.top, "run/redis.sock");
    const product = readFileSync(join(tree, "infra/machine/conf/redis.conf"), "utf8");
    const conf = product.replace(/^aclfile .*/m, "# No rights are told apart here: every peer is Redis' default user.").replace(/^include .*/m, "maxmemory 1gb").replace(/^unixsocket .*/m, `unixsocket ${socket}`).replace(/^unixsocketperm .*/m, "unixsocketperm 777").replace(/^dir .*/m, `dir ${join(this.top, "redis")}`);
    writeFileSync(join(this.top, "redis.conf"), conf);
    this.#spawn("redis", ["redis-server", join(this.top, "redis.conf")]);
    await waitFor(() => answers(socket), { what: "Redis" });
  }

  async #peers() {
    const env = { PATH: process.env.PATH, REDIS: join(this.top, "run/redis.sock"), PUBLIC_KEY: this.publicKey };
    const pg = { PG: join(this.top, "run"), PGUSER: "bench_peer", PGPASSWORD: this.password };
    await this.#fnd();
    await this.#raw();
    const user = isRoot ? "user = www-data\ngroup = viva" : "";
    const php = this.#settings("php-fpm.conf", { USER: user, WORKERS });
    this.#spawn("php", [newest("/usr/sbin", /^php-fpm\d/), "-y", php, "-F", "-R"], {
      env: { ...env, PG_CONNECTION: `host=${pg.PG} dbname=viva user=${pg.PGUSER} password=${pg.PGPASSWORD}` },
    });
    this.#spawn("express", [process.execPath, join(here, "peers/express.mjs")], {
      env: { ...env, ...pg, NODE_ENV: "production", PROCESSES: NODES, SOCKET: join(this.top, "express.sock") },
    });
    for (const name of ["php", "express"]) await waitFor(() => answers(join(this.top, `${name}.sock`)), { what: name });
  }

  async #fnd() {
    const run = join(this.top, "run");
    this.#spawn("ours", [join(build, "bin/fnd"), join(build, "bench/fn")], {
      env: { PATH: process.env.PATH, VIVA_RUN: run, VIVA_SECRETS: join(this.top, "secrets"), VIVA_PG: `host=${run} dbname=viva`, VIVA_REDIS: join(run, "redis.sock"), VIVA_WORKERS: WORKERS },
    });
    await waitFor(() => existsSync(join(run, "fn/bench.sock")), { what: "fnd" });
  }

  #raw() {
    const socket = join(this.top, "raw.sock");
    this.#spawn("raw", [join(build, "bench/raw"), socket, String(WORKERS)]);
    return waitFor(() => answers(socket), { what: "raw" });
  }

  async #nginx() {
    const upper = Object.fromEntries(Object.entries(this.ports).map(([name, port]) => [name.toUpperCase(), port]));
    const conf = this.#settings("nginx.conf", { USER: isRoot ? "user www-data viva;" : "", ROOM: WORKERS + QUEUE, ...upper });
    chmodSync(join(this.top, "tmp"), 0o777);
    this.#spawn("nginx", ["nginx", "-p", this.top, "-c", conf, "-e", join(this.top, "nginx-error.log")]);
    for (const port of Object.values(this.ports)) await waitFor(() => answers({ host: "127.0.0.1", port }), { what: `nginx on port ${port}` });
  }

  async stop() {
    for (const child of this.children.values()) child.kill("SIGTERM");
    const ended = [...this.children.values()].map((child) => child.exitCode ?? child.signalCode ?? new Promise((done) => child.on("exit", done)));
    const late = setTimeout(() => [...this.children.values()].forEach((child) => child.kill("SIGKILL")), 5000);
    await Promise.all(ended);
    clearTimeout(late);
    rmSync(this.top, { recursive: true, force: true });
  }
}
