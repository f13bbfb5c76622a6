/*
 * world.mjs - a directory of programs, and a fnd over it.
 *
 * fnd, the runtime and `system` are the real ones; `bad` (bad.c) is a function that does whatever one must not.
 *
 *   const world = new World({ one: BAD, "one.conf": "max 4\n" }).start();
 *   assert.equal((await world.ask("one", "ok")).status, 200);
 */
import { execFileSync, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after } from "node:test";
import { ask } from "../lib/fastcgi.mjs";
import { isAlive, isWorker, kill, of } from "../lib/process.mjs";
import { waitFor } from "../lib/wait.mjs";

const top = resolve(import.meta.dirname, "../..");
export const build = resolve(top, process.env.VIVA_BUILD ?? "build");
/* By one file's tests at a time: where they run beside each other, two would link the same program. */
const make = ["make", "-C", top, "-s", `B=${process.env.VIVA_BUILD ?? "build"}`, `${process.env.VIVA_BUILD ?? "build"}/test/bad`];
mkdirSync(join(build, "test"), { recursive: true });
execFileSync("flock", [join(build, "test/bad.lock"), ...make], { stdio: ["ignore", "ignore", "inherit"] });

export const BAD = join(build, "test/bad");
export const SYSTEM = join(build, "fn/system");
export const OPENAPI = { REQUEST_METHOD: "GET", REQUEST_URI: "/api/openapi.json", HTTP_HOST: "localhost", REMOTE_ADDR: "127.0.0.1" };
export const bad = (what, more) => ({ ...OPENAPI, REQUEST_URI: `/api/bad/${what}`, ...more });

const worlds = [];

export class World {
  constructor(programs) {
    this.top = mkdtempSync(join(tmpdir(), "fnd-"));
    this.seen = new Set();
    for (const dir of ["fn", "run", "run/fn", "secrets"]) mkdirSync(join(this.top, dir));
    chmodSync(this.top, 0o755);
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    writeFileSync(join(this.top, "secrets/jwt.pub"), publicKey.export({ type: "spki", format: "pem" }));
    for (const [name, from] of Object.entries(programs)) this.put(name, from);
    worlds.push(this);
  }

  /* A program by its path, or a text; as a whole, like what a linker has finished. */
  put(name, from) {
    const path = join(this.top, "fn", name);
    const beside = join(this.top, `${name}.new`);
    if (from.startsWith(build)) copyFileSync(from, beside);
    else writeFileSync(beside, from);
    chmodSync(beside, name.includes(".") ? 0o644 : 0o755);
    renameSync(beside, path);
  }

  start(env = {}) {
    this.said = "";
    this.child = spawn(join(build, "bin/fnd"), ["-u", "nobody", "-g", "nogroup", "-c", "nobody", join(this.top, "fn")], {
      env: { PATH: process.env.PATH, VIVA_RUN: join(this.top, "run"), VIVA_SECRETS: join(this.top, "secrets"), VIVA_PG: "host=/nowhere dbname=viva", ...env },
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.child.stderr.on("data", (data) => (this.said = (this.said + data).slice(-1_000_000)));
    this.ended = once(this.child, "exit");
    return this;
  }

  /* Every process that fnd has started and that lives. */
  children() {
    const pid = this.child.pid;
    const pids = of(pid, `task/${pid}/children`).split(" ").filter(Boolean).map(Number);
    for (const child of pids) this.seen.add(child);
    return pids.filter(isAlive);
  }

  workers() {
    return this.children().filter(isWorker);
  }

  zygotes() {
    return this.children().filter((pid) => !isWorker(pid) && of(pid, "comm").trim() !== "fnd");
  }

  has(n, without = []) {
    return waitFor(() => {
      const now = this.workers();
      return now.length === n && !now.some((pid) => without.includes(pid)) && now;
    }, { what: `${n} workers` });
  }

  socket(name) {
    return join(this.top, "run/fn", `${name}.sock`);
  }

  /* The other socket comes after this one listens. */
  listens(name) {
    return waitFor(() => existsSync(join(this.top, "run/fn", `${name}.ctl`)) && existsSync(this.socket(name)), { what: `the socket of ${name}` });
  }

  /* Its program is ready, and fnd knows: from then on the scoreboard shows what it may take (struct board: behind min, max). */
  ready(name) {
    const board = () => readFileSync(join(this.top, "run/fn", `${name}.board`));
    return waitFor(() => board().readUInt32LE(76) > 0, { what: `${name} to be ready` });
  }

  async ask(name, what, more) {
    await this.listens(name);
    return ask(this.socket(name), bad(what, more));
  }

  /* Several who ask one after the other until told to stop; what went wrong. */
  load(name, what, { people = 8 } = {}) {
    const wrong = [];
    let asking = true;
    let answered = 0;
    const one = async () => {
      while (asking) {
        try {
          const { status } = await this.ask(name, what);
          if (status !== 200) wrong.push(status);
        } catch (error) {
          wrong.push(`${error.message}; ${this.child.signalCode ?? this.child.exitCode ?? "fnd lives"}`);
        }
        asking &&= wrong.length < 10;
        answered++;
      }
    };
    const all = Promise.all(Array.from({ length: people }, one));
    return {
      wrong,
      get answered() {
        return answered;
      },
      async goesOn(n = 50) {
        const before = answered;
        await waitFor(() => answered >= before + n || wrong.length > 0, { what: "answers" });
      },
      async stop() {
        asking = false;
        await all;
        return wrong;
      },
    };
  }
}

/* What an fnd that was killed has left ends by itself, but not soon. */
after(async () => {
  for (const world of worlds) {
    if (world.child) {
      world.children();
      world.child.kill("SIGKILL");
      await world.ended;
      for (const pid of world.seen) if (of(pid, "environ").includes(`VIVA_RUN=${world.top}/run`)) kill(pid);
    }
    rmSync(world.top, { recursive: true, force: true });
  }
});
