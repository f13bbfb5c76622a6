/*
 * fn.test.mjs - the command fn: what it lists is what fnd serves, what it asks is the function itself.
 */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { Services } from "../lib/services.mjs";
import { waitFor } from "../lib/wait.mjs";

const top = resolve(import.meta.dirname, "../..");
let services;

before(async () => {
  services = new Services(top);
  await services.startFunctions("system");
});
after(() => services.stop());

const program = join(top, "build/bin/fn");
const fn = (args, env = services.env) => spawnSync(program, args, { encoding: "utf8", env });
const list = () => JSON.parse(fn(["ls", "--json"]).stdout);

test("it asks a function that is served, and the list counts it", async () => {
  const before = list()[0].requests;
  const asked = fn(["invoke", "system", "GET", "/api/openapi.json"]);
  assert.equal(asked.status, 0, asked.stderr);
  assert.match(asked.stderr, /^Status: 200\r\n/);
  assert.equal(JSON.parse(asked.stdout).openapi, "3.1.0", "what follows a pipe finds the body alone");
  await waitFor(() => list()[0].requests > before, { what: "it is counted" });
  assert.equal(list()[0].name, "system");
  assert.match(fn(["ls"]).stdout, /^FUNCTION +BUSY +IDLE[^\n]*\nsystem +\d/);
});

test("a function has its file's name, whatever a worker writes into its scoreboard", () => {
  const board = openSync(join(services.env.VIVA_RUN, "fn/system.board"), "r+");
  try {
    writeSync(board, `\x1b[2Jroot${"x".repeat(55)}`, 8); /* behind magic and size, and no NUL */
  } finally {
    closeSync(board);
  }
  assert.equal(list()[0].name, "system");
  assert.match(fn(["ls"]).stdout, /\nsystem +\d/);
  assert.equal(fn(["ls", "system"]).status, 0);
  assert.match(fn(["top", "-n", "1"]).stdout, /\nsystem +\d/);
});

test("of one function it lists what each operation answered, and what found none", async () => {
  const operations = () => JSON.parse(fn(["ls", "system", "--json"]).stdout);
  const now = (name) => operations().find((o) => o.operation === name);
  const [asked, lost] = [now("system_openapi"), now("other")];
  fn(["invoke", "system", "GET", "/api/openapi.json"]);
  fn(["invoke", "system", "GET", "/api/nothing"]);
  await waitFor(() => now("system_openapi").requests === asked.requests + 1 && now("other").refused === lost.refused + 1, { what: "each is counted once" });
  const all = operations();
  assert.deepEqual(all.map((o) => o.operation).sort(), ["other", "system_health", "system_openapi"]);
  assert.equal(all.reduce((n, o) => n + o.requests, 0), list()[0].requests);
  assert.match(fn(["ls", "system"]).stdout, /^OPERATION +REQUESTS +4XX +5XX +MEAN\/US\nother +\d/);
  assert.equal(fn(["ls", "nobody"]).status, 69);
  for (const args of [["system", "auth"], ["--all"]]) assert.equal(fn(["ls", ...args]).status, 64);
});

test("a function that nobody serves is started for the request", () => {
  const asked = fn(["invoke", "system", "GET", "/api/openapi.json"], { PATH: process.env.PATH, VIVA_RUN: "/nowhere", VIVA_SECRETS: "/nowhere" });
  assert.equal(asked.status, 0, asked.stderr);
  assert.match(asked.stderr, /^Status: 200\r\n/m);
});

test("reload has fnd replace its workers", async () => {
  const scans = () => services.fnd.said.split("functions from").length;
  const before = scans();
  const said = fn(["reload"]);
  assert.equal(said.status, 0, said.stderr);
  assert.match(said.stdout, new RegExp(`^fnd \\(${services.fnd.pid}\\) replaces`));
  await waitFor(() => scans() > before, { what: "fnd looks anew" });
  assert.equal(fn(["invoke", "system", "GET", "/api/openapi.json"]).status, 0);
});

test("reload finds no fnd where there is none, and takes no name", () => {
  const nobody = fn(["reload"], { VIVA_RUN: "/nowhere" });
  assert.equal(nobody.status, 69);
  assert.match(nobody.stderr, /no fnd runs for \/nowhere/);
  assert.equal(fn(["reload", "system"]).status, 64);
});

test("top shows what happens meanwhile, a line of JSON each second", async () => {
  const watching = spawn(program, ["top", "--json"], { env: services.env, stdio: ["ignore", "pipe", "inherit"] });
  let seen;
  try {
    for await (const line of createInterface({ input: watching.stdout })) {
      [seen] = JSON.parse(line);
      if (seen.requests > 0) break;
      fn(["invoke", "system", "GET", "/api/openapi.json"]);
    }
  } finally {
    watching.kill();
  }
  assert.equal(seen.name, "system");
  assert.equal(seen.errors, 0);
  assert.ok(seen.per_second > 0 && seen.p50_ms > 0 && seen.p99_ms >= seen.p50_ms, JSON.stringify(seen));
});

test("top ends after as many looks as were asked for, in plain lines where nobody has a terminal", () => {
  const said = fn(["top", "-n", "2"]);
  assert.equal(said.status, 0, said.stderr);
  const lines = said.stdout.trimEnd().split("\n");
  assert.equal(lines.length, 4, said.stdout);
  for (const i of [0, 2]) assert.match(lines[i], /^FUNCTION +STARTING +IDLE +BUSY +LEAVING +REQ\/S +P50\/MS +P99\/MS +5XX$/);
  for (const i of [1, 3]) assert.match(lines[i], /^system +\d+ +\d+ +\d+ +\d+ +[\d.]+ +[\d.]+ +[\d.]+ +\d+$/);
  for (const args of [["-n"], ["-n", "0"], ["-n", "x"], ["system"]]) assert.equal(fn(["top", ...args]).status, 64, args.join(" "));
  assert.equal(fn(["top"], { VIVA_RUN: "/nowhere" }).status, 69);
});

test("errors have a status and say what is wrong", () => {
  const unknown = fn(["invoke", "system", "GET", "/api/nothing"]);
  assert.equal(unknown.status, 1);
  assert.match(unknown.stderr, /^Status: 404\r\n/);
  assert.match(fn(["invoke", "nobody", "GET", "/"]).stderr, /^fn: there is no function nobody; in .* there are:.* system\b[^\n]*\n$/);
  assert.equal(fn(["invoke", "nobody", "GET", "/"]).status, 69);
  assert.equal(fn(["dance"]).status, 64);
  assert.equal(fn(["invoke", "system"]).status, 64);
  assert.equal(fn(["ls"], { VIVA_RUN: "/nowhere" }).status, 69);
});

test("whoever asks how is told of what they asked; whoever is wrong, of that command alone", () => {
  for (const args of [["--help"], ["-h"], ["help"]]) assert.match(fn(args).stdout, /^fn new NAME\n[\s\S]*^fn reload\n[\s\S]*^Exit codes: /m, args[0]);
  for (const args of [["ls", "--help"], ["ls", "-h"], ["help", "ls"]]) assert.match(fn(args).stdout, /^fn ls \[NAME\] \[--json\]\n {4}[^\n]*\n$/, args.join(" "));
  const wrong = fn(["logs", "--all"]);
  assert.equal(wrong.status, 64);
  assert.match(wrong.stderr, /^fn: logs takes[^\n]*\nfn logs [\s\S]*fn --help tells the rest\n$/);
  assert.doesNotMatch(wrong.stderr, /fn invoke/);
});

test("data are a text, a file or standard input, and of a type that can be said", () => {
  const file = join(services.top, "data.json");
  const data = '{"email":"ann@example.org","password":1}';
  writeFileSync(file, data);
  const env = { ...services.env, VIVA_RUN: "/nowhere" };
  const post = (...more) => spawnSync(program, ["invoke", "auth", "POST", "/api/auth/signin", ...more], { encoding: "utf8", env, input: data });
  for (const from of [data, `@${file}`, "-"]) {
    const said = post("--data", from);
    assert.equal(JSON.parse(said.stdout || "{}").errors?.[0].pointer, "/password", `${from}: ${said.stderr}${said.stdout}`);
  }
  assert.match(post("--type", "text/plain", "--data", data).stderr, /^Status: 415\r\n/m);
  const none = post("--data", "@/nowhere");
  assert.equal(none.status, 66);
  assert.match(none.stderr, /^fn: \/nowhere: No such file/);
  for (const args of [["--data"], ["--type"], ["--data", "{}", "x"], ["-d", "{}"]]) assert.equal(post(...args).status, 64, args.join(" "));
});

test("who may not look is told so", { skip: process.getuid() !== 0 && "only root is somebody else" }, () => {
  const run = join(services.top, "closed");
  mkdirSync(join(run, "fn"), { recursive: true });
  chmodSync(run, 0o700);
  const said = spawnSync(program, ["ls"], { encoding: "utf8", env: { VIVA_RUN: run }, uid: 65534, gid: 65534 });
  assert.equal(said.status, 77, said.stderr);
  assert.match(said.stderr, /closed: Permission denied: be root/);
});

test("who does not say which stack means the one of VIVA_STATE", () => {
  const { VIVA_RUN, ...env } = services.env;
  assert.equal(fn(["ls", "--json"], { ...env, VIVA_STATE: join(VIVA_RUN, "..") }).status, 0);
  assert.match(fn(["ls"], { ...env, VIVA_STATE: "/nowhere" }).stderr, /there is no \/nowhere\/run\/fn/);
});
