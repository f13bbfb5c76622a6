/*
 * new.test.mjs - a function from nothing to nothing, with all that is real between: `fn new` in a copy of the tree, a stack
 * started from it, its gateway, its database role, the API test that was made with it; and then it is taken away.
 *
 * The steps of functions/README.md without a stack are tests/fnd/readme.test.mjs. The first stack's container engine is used,
 * so that no image is made twice.
 */
import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { copyTree } from "../lib/copy.mjs";
import { waitFor } from "../lib/wait.mjs";
import { ports } from "./second.mjs";

const NAME = "helloworld";
/* A machine with both cores busy builds and starts slowly. */
const LIMIT = { timeout: 600_000 };

const engine = join(process.env.VIVA_STATE, "run/docker.sock");
const state = mkdtempSync(join(tmpdir(), "viva-new-"));
const CHANGED = ["schemas/api.yaml", "schemas/sql/roles.sql"];
let copy, env, url, before_it;

const script = (name, ...args) => promisify(execFile)(join(copy.top, "infra/machine", name), args, { env });
const ask = (path) => fetch(`${url}${path}`);
const problem = async (path) => {
  const res = await ask(path);
  return [res.status, (await res.json()).type];
};

function works(command, args, more = {}) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: copy.top, encoding: "utf8", env: { ...env, ...more } });
  assert.equal(status, 0, `${command} ${args.join(" ")}\n${stdout}${stderr}`);
  return stdout;
}

before(async () => {
  const { NODE_TEST_CONTEXT, ...own } = process.env;
  const [port, turn, metrics] = await ports(3);
  env = { ...own, PORT: String(port), VIVA_TURN_PORT: String(turn), VIVA_METRICS_PORT: String(metrics), VIVA_STATE: state, VIVA_BUILT: "1", VIVA_LISTEN: "127.0.0.1",
    ...(existsSync(engine) ? { VIVA_DOCKER: engine } : {}) };
  url = `http://127.0.0.1:${port}`;
  copy = copyTree({ stack: true });
  before_it = CHANGED.map((path) => readFileSync(join(copy.top, path)));
});

after(async () => {
  await script("down").catch(() => {});
  spawnSync("userdel", [`viva_${NAME}`]); /* where the stack could make it */
  copy.remove();
  rmSync(state, { recursive: true, force: true });
});

test("what fn new makes is built, and served by a stack of that tree", LIMIT, async () => {
  works(join(copy.top, "build/bin/fn"), ["new", NAME]);
  copy.make(`build/fn/${NAME}`);
  assert.match((await script("up", "--background")).stdout, /ready in [\d.]+ s\n/);
  assert.match(await (await fetch(`http://127.0.0.1:${env.VIVA_METRICS_PORT}/metrics`)).text(), new RegExp(`operation="${NAME}_hello"`));
  const res = await ask(`/api/${NAME}?name=Ann`);
  assert.deepEqual([res.status, await res.json()], [200, { text: "Hello, Ann" }]);
});

test("the API test that was made with it passes against that stack", LIMIT, () => {
  const said = works(process.execPath, ["--test", "--test-reporter=tap", `tests/api/${NAME}.test.mjs`], { VIVA_URL: url });
  assert.match(said, /^# pass 2$/m);
  assert.match(said, /^# fail 0$/m);
});

test("taken away again it is gone, and all others serve on", LIMIT, async () => {
  CHANGED.forEach((path, i) => writeFileSync(join(copy.top, path), before_it[i]));
  for (const path of [`functions/${NAME}`, `tests/api/${NAME}.test.mjs`, `build/fn/${NAME}`]) rmSync(join(copy.top, path), { recursive: true });
  copy.make("gen");
  await script("reload");
  await waitFor(async () => String(await problem(`/api/${NAME}?name=Ann`)) === "404,not-found", { within: 60_000, what: "the gateway to know it no more" });
  assert.equal((await ask("/api/health")).status, 200);
  await waitFor(() => !existsSync(join(state, `run/fn/${NAME}.sock`)), { within: 60_000, what: "fnd to have given up its socket" });
});
