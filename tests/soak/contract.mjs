/*
 * contract.mjs - CONTRACT_REQUESTS (100,000) requests drawn from schemas/api.yaml: every operation, right and wrong, as
 * owners, candidates, strangers and nobody. None may be answered by 5xx, or by what the contract does not list.
 *
 * A case is drawn in two steps: an operation, whose right request is made from its schemas, and what is broken in it,
 * if anything: a body's field, its bytes, its type, the path, the query, a header, the method, who asks. What limits there
 * are count for each caller, so there are many; the share that was refused by a limit (429) is told, since it tested little.
 *
 * `make contract-fuzz N=100000 VIVA_SEED=7`. Cases follow from the seed, but the world they meet does not quite: what was
 * wrong is printed as it was sent.
 */
import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { api } from "../lib/api.mjs";
import { checkReply, fill, operationOf, operations } from "../lib/contract.mjs";
import { quote, sql } from "../lib/database.mjs";
import * as frames from "../lib/frames.mjs";
import { brokenJson, valid, wrongs } from "../lib/generate.mjs";
import { random } from "../lib/random.mjs";
import { makeWorld } from "../lib/world.mjs";
import * as Y from "yjs";

const REQUESTS = Number(process.env.CONTRACT_REQUESTS ?? 100_000);
const AT_ONCE = Number(process.env.CONTRACT_AT_ONCE ?? 6);
const WORLDS = 6;
const TOLD = 40;

/* What costs the machine much when it is right: drawn so often that it is tested, so seldom that the rest is, too. */
const COSTLY = { runs_submit: 0.02, terminal_open: 0.02, auth_signup: 0.02, auth_signin: 0.05, rooms_create: 0.1, rooms_end: 0.02,
  rooms_leave: 0.05, auth_signout: 0.2, auth_first: 0.05, auth_reset: 0.02, runs_input: 0.05 };

const ODD_TYPES = ["multipart/form-data; boundary=x", "multipart/form-data", "text/plain", "application/x-www-form-urlencoded", "application/jsonx",
  "application/json; charset=utf-16", "\"application/json\"", "x", "", "a/b;".repeat(300)];
const ODD_TEXTS = ["%", "%zz", "%00", "%2e%2e%2f", "..", "%2f", "a%2fb", "%c0%af", "%ff", "%ed%a0%80", "*", "null", "0", "-1", "A".repeat(22),
  "A".repeat(2000), "'%3b--", "{room}", "~", "%0d%0aX:1", "%F0%9F%98%80", "Code", "9007199254740993", "1e9", "+1", "%31%00"];
const ODD_QUERIES = ["nobody=1", "a[]=1&a[]=2", "%00=%00", "&&&", "=", "?", "x=".repeat(1500), "after=-1", "after=x", "limit=0", "before=%ff", "after=1&after=2"];
const ODD_HEADERS = [{ cookie: "viva=x" }, { cookie: "viva=a.b.c; viva_refresh=x" }, { cookie: "=;=;=" }, { cookie: "viva=".repeat(500) },
  { cookie: `viva="${"a".repeat(3000)}"` }, { origin: "null" }, { origin: "http://evil.example" }, { host: "evil.example" }, { upgrade: "websocket", connection: "upgrade" },
  { range: "bytes=0-1" }, { "x-accel-redirect": "/internal/rooms_connect_events" }, { "x-channels": "room.x" }, { "x-request-id": "\x80\xff" }, { traceparent: "00-zz-zz-01" },
  { traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01` }, { "accept-encoding": "gzip;q=1, *;q=0" }, { expect: "200-ok" }, { "if-none-match": "*" },
  { "transfer-encoding": "chunked", "content-length": undefined }, { te: "trailers" }];
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"];
const TOKENS = [null, "x", "a.b.c", "e30.e30.e30", `${"a".repeat(700)}.${"b".repeat(700)}.c`];

const flipped = (r, bytes) => {
  const copy = Buffer.from(bytes);
  for (let n = 1 + r.int(6); n > 0 && copy.length > 0; n--) copy[r.int(copy.length)] = r.int(256);
  return r.chance(0.3) ? copy.subarray(0, r.int(copy.length + 1)) : copy;
};

/* What the schemas do not say: octets as each operation wants them. */
function octets(r, op) {
  const client = 1 + r.int(2 ** 31);
  if (op.id === "docs_sync") return frames.step1(r.chance(0.5) ? undefined : r.bytes(r.int(40)));
  if (r.chance(0.3)) return frames.awareness({ [client]: { state: { name: "x" } } });
  const doc = new Y.Doc();
  doc.getText("main.py").insert(0, "x".repeat(1 + r.int(60)));
  doc.getMap("settings").set("a", [r.int(9), { b: null }]);
  return frames.update(Y.encodeStateAsUpdate(doc));
}

/* A link for the owner, as `make link` prints it. */
async function firstToken() {
  const { stdout } = await promisify(execFile)(new URL("../../infra/machine/link", import.meta.url).pathname);
  return /\/first#(\S+)/.exec(stdout)[1];
}

/* A link for somebody, as a mail has it. */
function linkToken({ id, email }) {
  const token = randomBytes(32).toString("base64url");
  const hash = createHash("sha256").update(token).digest("hex");
  sql(`INSERT INTO recovery (token_hash, account_id, email, message, expires_at) VALUES ('${hash}', ${quote(id)}, ${quote(email)}, 'soak', now() + interval '1 h')`);
  return token;
}

const withFile = (world) =>
  world.owner.must(204, "POST", `${world.room.path}/docs/code/updates`, frames.update(frames.type(new Y.Doc(), "x = 1\n", { path: world.values.path })));

/* What is right by its schema and must also be there, or be known, to be granted: each makes it, and tells what differs. */
const GRANTED = {
  auth_first: async (world, { body }) => ({ body: { ...body, token: await firstToken() } }),
  auth_reset: async (world, { body }) => ({ body: { ...body, token: linkToken(world.owner) } }),
  auth_signin: async (world) => ({ body: { email: world.owner.email, password: world.owner.password } }),
  auth_refresh: async (world) => ({ body: { refresh_token: (await api.signin(world.owner)).session.refresh_token } }),
  docs_file: async (world) => void (await withFile(world)),
  rooms_join: async (world) => ({ body: { invite: await api.invite(world.room), name: "Eve" } }),
  runs_input: async (world) => {
    const run = await api.run(world.owner, world.room, "input()", { interactive: true, wall_ms: 1000 });
    return { path: `/api/runs/${run.id}/input`, body: { data: "x\n" } };
  },
  signal_send: async (world, { body }, who) => {
    await who.request("POST", `${world.room.path}/presence`, { connection: body.from, state: "here" });
    return { body: { ...body, to: body.from } };
  },
};

/* Operations that need not be seen to succeed, and why. One that is asked rightly so often and never does has lost its way here. */
const NEVER = { auth_recover: "no mail is sent from here" };
const often = (op) => (op.id in COSTLY ? 20 : 250); /* what needs a terminal that another has opened succeeds seldom */

const rightBody = (r, op) => (op.body?.schema ? valid(r, op.body.schema) : op.body ? octets(r, op) : undefined);
const asBytes = (body) => (body instanceof Uint8Array ? Buffer.from(body) : Buffer.from(JSON.stringify(body)));

/* One parameter of the path replaced by what is none, not encoded again. */
function oddPath(r, op, values) {
  const names = op.parameters.filter((p) => p.in === "path").map((p) => p.name);
  if (names.length === 0) return `${op.path}${r.pick(["/", "/x", "%00", ";a=b", "/%2e%2e"])}`;
  return fill(op, { ...values, [r.pick(names)]: "\u0001" }).replace("%01", r.pick(ODD_TEXTS));
}

/* Each takes a right request {path, body, method, options} and breaks it; `who` says as whom it is sent. */
const BREAKS = {
  nothing: () => ({}),
  field: (r, op, c) => {
    if (!op.body?.schema) return {};
    const all = wrongs(op.body.schema, c.body);
    return all.length ? { body: r.pick(all).body } : {};
  },
  json: (r, op, c) => (op.body?.schema ? { body: r.pick(brokenJson(c.body))[1], type: "application/json" } : {}),
  bytes: (r, op, c) => (op.body ? { body: flipped(r, asBytes(c.body)), type: op.body.type } : { body: r.bytes(r.int(5000)) }),
  type: (r, op, c) => (op.body ? { body: asBytes(c.body), type: r.pick(ODD_TYPES) } : {}),
  size: (r, op) => (op.body ? { body: Buffer.alloc(op.bodyMax + 1, 0x20), type: op.body.type } : {}),
  path: (r, op, c, world) => ({ path: oddPath(r, op, world.values) }),
  query: (r, op, c) => ({ path: `${c.path}${c.path.includes("?") ? "&" : "?"}${r.pick(ODD_QUERIES)}` }),
  header: (r) => ({ headers: r.pick(ODD_HEADERS) }),
  method: (r) => ({ method: r.pick(METHODS) }),
  token: (r) => ({ token: r.pick(TOKENS) }),
  stranger: (r, op, c, world, others) => ({ who: r.pick(others).owner }),
};
/* What breaks the envelope may be answered by the gateway, or as another operation: then only its status counts. */
const OUTSIDE = new Set(["path", "query", "header", "method", "type", "bytes"]);

const optional = (r, op) =>
  Object.fromEntries(op.parameters.filter((p) => p.in === "query" && r.chance(0.4)).map((p) => [p.name, valid(r, p.schema)]));

class Fuzz {
  constructor(seed) {
    this.r = random(seed);
    this.statuses = {};
    this.operations = {};
    this.wrong = [];
    this.left = REQUESTS;
  }

  draw() {
    const { r } = this;
    const op = r.pick(operations);
    const names = Object.keys(BREAKS);
    const kind = r.chance(COSTLY[op.id] ?? 0.3) ? "nothing" : r.pick(names.slice(1));
    return { op, kind };
  }

  async one() {
    const { op, kind } = this.draw();
    const at = this.r.int(WORLDS);
    const world = this.worlds[at];
    const plain = { method: op.method, path: fill(op, { ...optional(this.r, op), ...world.values }), body: rightBody(this.r, op) };
    const sent = { ...plain, ...BREAKS[kind](this.r, op, plain, world, this.worlds.filter((w) => w !== world)) };
    /* A member other than `who` may ask as well: a candidate where an interviewer must. */
    const who = sent.who ?? (this.r.chance(0.8) ? await world.actor(op) : await world.candidate());
    if (kind === "nothing" && GRANTED[op.id] && this.r.chance(0.7)) Object.assign(sent, await GRANTED[op.id](world, sent, who));
    const { headers = {}, type, token } = sent;
    const by = token === undefined && who.cookies?.size && this.r.chance(0.2) ? "cookie" : undefined;
    const res = await who.request(sent.method, sent.path, sent.body, { headers, type, token, by, check: false });
    this.judge(res, { op, kind, sent });
    if (res.status === 401 && kind === "nothing" && who === world.owner) this.worlds[at] = await makeWorld();
    if (res.status < 300) await this.used(op, who, world, res.status);
  }

  /* What was used up is made anew: a session that was closed (by somebody's refresh, too), a room that ended, a place. */
  async used(op, who, world, status) {
    if (op.id !== "auth_signout") return world.used(op, status);
    for (const [i, each] of this.worlds.entries()) {
      if (each.owner === who) this.worlds[i] = await makeWorld();
      else if ((await each.guest) === who) each.guest = undefined;
    }
  }

  judge(res, { op, kind, sent }) {
    const name = `${Math.floor(res.status / 100)}xx`;
    this.statuses[res.status] = (this.statuses[res.status] ?? 0) + 1;
    const each = (this.operations[op.id] ??= {});
    each[name] = (each[name] ?? 0) + 1;
    if (kind === "nothing") each.right = (each.right ?? 0) + 1;
    if (res.status >= 500) return this.tell(res, op, kind, sent, "a 5xx");
    if (OUTSIDE.has(kind)) return;
    try {
      checkReply(operationOf(sent.method, sent.path), res);
    } catch (error) {
      this.tell(res, op, kind, sent, error.message);
    }
  }

  /* Of those that a right request has reached often, and of whose successes the fuzzer therefore knows nothing. */
  unreached() {
    return operations.filter((op) => !op.websocket && !(op.id in NEVER) && !this.operations[op.id]?.["2xx"] && this.operations[op.id]?.right >= often(op)).map((op) => op.id);
  }

  tell(res, op, kind, sent, why) {
    const body = sent.body === undefined ? "" : asBytes(sent.body).toString("latin1").slice(0, 400);
    const line = `${op.id}, ${kind}: ${sent.method} ${sent.path.slice(0, 200)} ${JSON.stringify(sent.headers ?? {}).slice(0, 200)} ${JSON.stringify(body)}: ${res.status} ${String(res.raw).slice(0, 300)}: ${why}`;
    this.wrong.push(line.slice(0, 1500));
    if (this.wrong.length <= TOLD) console.log(`  ${this.wrong.at(-1)}`);
  }

  async worker() {
    while (this.left-- > 0) {
      if (this.left % 5000 === 0) console.log(`  ${this.left} left: ${JSON.stringify(this.statuses)}`);
      await this.one().catch((error) => this.lost(error)).catch(() => {});
    }
  }

  /* A connection that was closed, since the request was beyond HTTP; or somebody whom another case has just signed out, sent away. */
  async lost(error) {
    const name = error.code ?? `no case: ${error.message.replace(/[\w-]{22,}/g, "ID").slice(0, 60)}`;
    this.statuses[name] = (this.statuses[name] ?? 0) + 1;
    if (!error.code) this.left++; /* it was not sent */
    if (/: 5\d\d/.test(error.message)) this.wrong.push(error.message.slice(0, 500));
    if (/: 401/.test(error.message)) await this.revive();
  }

  /* Worlds whose owner has been signed out. */
  async revive() {
    for (const [i, { owner, room }] of this.worlds.entries())
      if ((await owner.get(room.path)).status === 401) this.worlds[i] = await makeWorld();
  }

  async run() {
    this.worlds = [];
    for (let i = 0; i < WORLDS; i++) this.worlds.push(await makeWorld());
    await Promise.all(Array.from({ length: AT_ONCE }, () => this.worker()));
  }
}

export async function contract() {
  const seed = Number(process.env.VIVA_SEED ?? Date.now() % 2 ** 31);
  console.log(`  ${REQUESTS} requests, VIVA_SEED=${seed}`);
  const fuzz = new Fuzz(seed);
  await fuzz.run();
  const classes = {};
  for (const [status, n] of Object.entries(fuzz.statuses)) {
    const name = /^\d/.test(status) ? `${status[0]}xx` : status;
    classes[name] = (classes[name] ?? 0) + n;
  }
  console.log(`  by status: ${JSON.stringify(fuzz.statuses)}`);
  console.log(`  by class: ${JSON.stringify(classes)}`);
  const silent = operations.filter((op) => !fuzz.operations[op.id]?.["2xx"] && !op.websocket).map((op) => op.id);
  console.log(`  ${Object.keys(fuzz.operations).length} of ${operations.length} operations asked; never answered 2xx: ${silent.join(", ") || "none"}`);
  const lost = fuzz.unreached().map((id) => `${id}: asked rightly ${fuzz.operations[id].right} times and never answered 2xx`);
  for (const line of lost) console.log(`  ${line}`);
  return [...fuzz.wrong, ...lost];
}
