/*
 * host.mjs - more runners on the same queue, with a language that only they know: what they do with it disturbs nobody, and
 * nobody disturbs it.
 *
 *   const q = await language();                     // Python by another name
 *   const one = await q.runner({ slots: 1 });       // ready when this returns
 *   const run = await api.run(ann, room, "print(1)", { language: q.name, file: "main.py" });
 *   one.kill(); await one.gone;
 *   await q.forget();
 */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cpSync, createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inside, quote, sql } from "../lib/database.mjs";
import { processes, state } from "../lib/stack.mjs";
import { waitFor } from "../lib/wait.mjs";

const top = new URL("../..", import.meta.url).pathname;
const read = (file) => readFileSync(file, "utf8");

/* The engine's socket, which the stack knows by a path of its own where the engine is its own. */
const engineSocket = () => read(join(state, "conf/engine")).trim().replace(/^\/run\/viva\/state(?=\/)/, state);

/* One request to the container engine. */
export function engine(method, path) {
  return new Promise((done, fail) => {
    const ask = http.request({ socketPath: engineSocket(), method, path }, (reply) => {
      reply.resume().on("end", () => (reply.statusCode < 300 ? done() : fail(new Error(`${method} ${path}: ${reply.statusCode}`))));
    });
    ask.on("error", fail).end();
  });
}

/*
 * The engine's socket with a door: while it is shut, what is asked waits in front of it. Its path is VIVA_DOCKER of a runner.
 */
export async function door() {
  const dir = mkdtempSync(join(tmpdir(), "viva-door-"));
  const path = join(dir, "engine.sock");
  const waiting = [];
  let shut = false;
  const server = net.createServer((asker) => {
    const engine = net.connect(engineSocket());
    asker.on("data", (data) => (shut ? waiting.push([engine, data]) : engine.write(data)));
    engine.pipe(asker);
    for (const [one, other] of [[asker, engine], [engine, asker]]) one.on("error", () => other.destroy()).on("close", () => other.destroy());
  });
  await new Promise((done) => server.listen(path, done));
  return {
    path,
    shut: () => (shut = true),
    open() {
      shut = false;
      for (const [engine, data] of waiting.splice(0)) if (!engine.destroyed) engine.write(data);
    },
    close() {
      server.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/* What the stack's own runner was given: sockets, roles, secrets. */
function environment() {
  for (const { pid } of processes()) {
    try {
      if (read(`/proc/${pid}/comm`).trim() !== "runner") continue;
      const env = Object.fromEntries(read(`/proc/${pid}/environ`).split("\0").filter(Boolean).map((line) => line.split(/=(.*)/s)));
      if (env.VIVA_RUN === "/run/viva/state/run" && env.VIVA_JOBS === join(state, "run/jobs")) return env;
    } catch {
      /* it has ended, or is another's */
    }
  }
  throw new Error("the stack's runner does not run");
}

class Runner {
  constructor(q, { slots = 1, drain = 60, name = `${q.name}-${randomBytes(3).toString("hex")}`, env = {} }) {
    this.name = name;
    const dir = join("run", name);
    mkdirSync(join(state, dir), { recursive: true });
    const settings = {
      ...environment(),
      VIVA_RUN: join("/run/viva/state", dir),
      VIVA_JOBS: join(state, dir, "jobs"),
      VIVA_LANGUAGES: join("/run/viva/state", q.folder, "languages"),
      VIVA_RECIPES: join("/run/viva/state", q.folder, "recipes"),
      VIVA_RUNNER: name,
      VIVA_SLOTS: String(slots),
      VIVA_WARM: "1",
      VIVA_DRAIN: String(drain),
      ...env,
    };
    delete settings.VIVA_METRICS;
    this.folder = join(state, dir);
    const [command, ...args] = [...inside(), "/run/viva/tree/build/bin/runner"];
    this.process = spawn(command, args, { env: { ...settings, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    this.process.stderr.pipe(createWriteStream(join(this.folder, "log"), { flags: "a" }));
    this.gone = new Promise((done) => this.process.on("exit", (code, signal) => done(signal ?? code)));
    this.gone.then(() => (this.ended = true));
  }

  get log() {
    return read(join(this.folder, "log"));
  }

  /* A number that it tells of itself, or undefined. */
  async metric(name) {
    const text = await new Promise((done) => {
      http.get({ socketPath: join(this.folder, "metrics.sock"), path: "/metrics" }, (reply) => {
        let all = "";
        reply.on("data", (d) => (all += d)).on("end", () => done(all));
      }).on("error", () => done(""));
    });
    const line = text.split("\n").find((l) => l.startsWith(`${name} `));
    return line && Number(line.slice(name.length + 1));
  }

  row() {
    return sql(`SELECT state, busy FROM runner WHERE name = ${quote(this.name)}`)[0];
  }

  /* It takes runs. One that ended will never be ready, and is not waited for: what it said last tells why. */
  async ready() {
    const says = () => this.log.trim().split("\n").slice(-5).join("\n");
    const isReady = () => !this.ended && this.row()?.[0] === "ready" && this.log.includes("takes runs");
    try {
      await waitFor(() => this.ended || isReady(), { within: 180_000, every: 100, what: `${this.name} to be ready` });
    } catch (late) {
      throw new Error(`${late.message}; it is ${this.row()?.[0] ?? "not on the roll"}, and says:\n${says()}`);
    }
    if (this.ended) throw new Error(`${this.name} ended with ${await this.gone}:\n${says()}`);
  }

  kill(signal = "SIGKILL") {
    this.process.kill(signal);
    return this.gone;
  }
}

/* A language that only the runners of this test know: a known one by another name. */
export async function language(like = "python") {
  const name = `q${randomBytes(4).toString("hex")}`;
  const folder = join("run", `language-${name}`);
  const here = join(state, folder);
  const runners = [];
  mkdirSync(join(here, "languages", name), { recursive: true });
  cpSync(join(top, "runner/daemon/seccomp.json"), join(here, "daemon/seccomp.json"));
  cpSync(join(top, "runner/languages", like, "language"), join(here, "languages", name, "language"));
  const [, recipe] = new RegExp(`^${like} (.*)$`, "m").exec(read(join(top, "build/recipes")));
  writeFileSync(join(here, "recipes"), `${name} ${recipe}\n`);
  await engine("POST", `/images/viva/${like}:${recipe}/tag?repo=viva/${name}&tag=${recipe}`);

  return {
    name,
    folder,
    async runner(how = {}) {
      const runner = new Runner(this, how);
      runners.push(runner);
      await runner.ready();
      return runner;
    },
    async forget() {
      await Promise.all(runners.map((r) => r.kill("SIGKILL")));
      /* What they left is removed by the one that comes after: with no room for runs it takes none. */
      await engine("DELETE", `/images/viva/${name}:${recipe}?noprune=1`);
      sql(`DELETE FROM run WHERE language = ${quote(name)}; DELETE FROM language WHERE name = ${quote(name)};
        DELETE FROM runner WHERE name LIKE ${quote(`${name}-%`)}`);
      for (const runner of runners) rmSync(runner.folder, { recursive: true, force: true });
      rmSync(here, { recursive: true, force: true });
    },
  };
}
