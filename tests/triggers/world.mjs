/*
 * world.mjs - a real dispatcher between a real database, a real Redis and a function that does what a test wants.
 *
 * The function `probe` is built into a copy of the tree, as anybody would add a function: its operations join api.yaml.
 */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { copyTree } from "../lib/copy.mjs";
import { ask } from "../lib/fastcgi.mjs";
import { Services } from "../lib/services.mjs";
import { waitFor } from "../lib/wait.mjs";

const here = join(import.meta.dirname, "probe");

function addProbe(top) {
  const file = join(top, "schemas/api.yaml");
  const ours = parse(readFileSync(join(here, "api.yaml"), "utf8"));
  const api = parse(readFileSync(file, "utf8"));
  Object.assign(api.paths, ours.paths);
  Object.assign(api.webhooks, ours.webhooks);
  Object.assign(api.components.schemas, ours.components.schemas);
  writeFileSync(file, stringify(api));
  mkdirSync(join(top, "functions/probe"));
  for (const name of ["probe.c", "queries.sql"]) cpSync(join(here, name), join(top, "functions/probe", name));
}

export class World extends Services {
  static async make() {
    const copy = copyTree();
    addProbe(copy.top);
    copy.make("build/fn/probe", "build/bin/dispatch", "build/bin/fnd");
    const world = new World(copy.top);
    world.copy = copy;
    await world.start();
    world.sql(readFileSync(join(here, "schema.sql"), "utf8"));
    await world.startFunctions("probe");
    return world;
  }

  /* A dispatcher; one of the same name takes up what the one before had. */
  dispatch(name = "one") {
    return this.spawn(join(this.tree, "build/bin/dispatch"), [], { VIVA_PG: `${this.env.VIVA_PG} user=viva_dispatch`, VIVA_DISPATCH: name });
  }

  async send(probe, { commit = true, same = false } = {}) {
    const body = Buffer.from(JSON.stringify({ probe: { how: "well", times: 0, ...probe }, commit, same }));
    const params = { REQUEST_METHOD: "POST", REQUEST_URI: "/api/probe", HTTP_HOST: "localhost", REMOTE_ADDR: "127.0.0.1", CONTENT_TYPE: "application/json", CONTENT_LENGTH: body.length };
    const reply = await ask(this.socket("probe"), params, body);
    if (reply.status !== 204) throw new Error(`probe_send: ${reply.status} ${reply.body}`);
  }

  /* The attempts at messages of this name that a handler saw, in order. */
  seen(name) {
    return this.sql(`SELECT attempt FROM probe_seen WHERE name = '${name}' ORDER BY attempt`).map(([n]) => Number(n));
  }

  done(name) {
    return this.sql(`SELECT message FROM probe_done WHERE name = '${name}'`).length;
  }

  /* What waits or is dead, of this name: {attempt, failures, dead, reason}. */
  message(name) {
    const rows = this.sql(`SELECT attempt, failures, dead_at IS NOT NULL, coalesce(reason, '') FROM message WHERE body LIKE '%"${name}"%'`);
    return rows.map(([attempt, failures, dead, reason]) => ({ attempt: Number(attempt), failures: Number(failures), dead: dead === "t", reason }))[0];
  }

  async isSeen(name, times) {
    await waitFor(() => this.seen(name).length >= times, { what: `${name} is handed to a handler ${times} times` });
  }

  /* Handled, and gone from the queue. */
  async isDone(name) {
    await waitFor(() => this.done(name) === 1 && !this.message(name), { what: `${name} is done`, within: 60_000 });
  }

  go(name) {
    this.sql(`INSERT INTO probe_go (name) VALUES ('${name}')`);
  }

  async end() {
    await this.stop();
    this.copy.remove();
  }
}
