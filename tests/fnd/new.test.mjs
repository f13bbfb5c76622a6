/*
 * new.test.mjs - fn new: what it makes builds, answers, is in order for lint and has its role; what it refuses changes nothing.
 */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { copyTree } from "../lib/copy.mjs";
import { Services } from "../lib/services.mjs";

const top = resolve(import.meta.dirname, "../..");
let copy, services;

before(() => (copy = copyTree()));
after(async () => {
  await services?.stop();
  copy.remove();
});

const env = { PATH: process.env.PATH, VIVA_RUN: "/nowhere", VIVA_SECRETS: "/nowhere" };
const fn = (args, cwd = copy.top) => spawnSync(join(top, "build/bin/fn"), args, { cwd, encoding: "utf8", env });
const read = (path) => readFileSync(join(copy.top, path), "utf8");

test("names that cannot be are refused, and nothing is made", () => {
  const before = [read("schemas/api.yaml"), read("schemas/sql/roles.sql")];
  for (const name of ["", "Hello", "two_words", "../up", "h1", "-x", "a".repeat(25)]) {
    const said = fn(["new", name]);
    assert.equal(said.status, 64, `${name}: ${said.stderr}`);
    assert.match(said.stderr, /lower-case letters/, name);
  }
  /* A function, a folder of the library, whoever has a role already. */
  for (const name of ["rooms", "runtime", "lib", "runner"]) {
    const said = fn(["new", name]);
    assert.equal(said.status, 73, `${name}: ${said.stderr}`);
    assert.match(said.stderr, /already; choose another name/, name);
  }
  assert.equal(fn(["new"]).status, 64);
  assert.deepEqual([read("schemas/api.yaml"), read("schemas/sql/roles.sql")], before);
});

test("outside of a tree it says where to go", () => {
  const said = fn(["new", "hello"], "/");
  assert.equal(said.status, 66);
  assert.match(said.stderr, /go to the top of the tree/);
});

test("a new function is made, and it says what and what to do next", () => {
  const said = fn(["new", "hello"]);
  assert.equal(said.status, 0, said.stderr);
  const listed = [...said.stdout.matchAll(/^ {2}((?:functions|schemas|tests)\/\S+) /gm)].map((m) => m[1]);
  assert.deepEqual(listed.sort(), ["functions/hello/README.md", "functions/hello/hello.c", "functions/hello/pool.conf",
    "functions/hello/queries.sql", "schemas/api.yaml", "schemas/sql/roles.sql", "tests/api/hello.test.mjs"]);
  for (const path of listed) {
    assert.match(read(path), /hello/i, path);
    assert.doesNotMatch(read(path), /skeleton/i, path);
  }
  const [make, invoke] = [...said.stdout.matchAll(/^ {2}((?:make|build\/bin\/fn) .*)/gm)].map((m) => m[1]);
  for (const line of [make, invoke]) {
    const ran = spawnSync("sh", ["-c", line], { cwd: copy.top, encoding: "utf8", env });
    assert.equal(ran.status, 0, `${line}\n${ran.stdout}${ran.stderr}`);
    if (line === invoke) assert.equal(ran.stdout, '{"text":"Hello, Ann"}');
  }
  const again = fn(["new", "hello"]);
  assert.equal(again.status, 73);
  assert.match(again.stderr, /functions\/hello: is there already/);
});

test("the gateway has its route, its test can be read, and lint finds nothing", () => {
  assert.match(read("build/gen/nginx/functions.conf"), /location = \/api\/hello \{[^}]*fastcgi_pass hello;/);
  execFileSync(process.execPath, ["--check", join(copy.top, "tests/api/hello.test.mjs")]);
  for (const part of [".clang-format", ".gitignore", "tests/lint", "infra/machine/conf", "runner/daemon"]) cpSync(join(top, part), join(copy.top, part), { recursive: true });
  execFileSync("git", ["init", "-q"], { cwd: copy.top });
  writeFileSync(join(copy.top, ".git/info/exclude"), "node_modules\n");
  const { NODE_TEST_CONTEXT, ...own } = process.env;
  for (const args of [["--test", "tests/lint/layers.test.mjs", "tests/lint/connections.test.mjs"], ["tests/lint/format.mjs", "--check", "functions/hello/hello.c"]]) {
    const lint = spawnSync(process.execPath, args, { cwd: copy.top, encoding: "utf8", env: own });
    assert.equal(lint.status, 0, lint.stdout + lint.stderr);
  }
});

test("the database makes its role", async () => {
  services = new Services(copy.top);
  await services.start();
  assert.deepEqual(services.sql("SELECT rolname FROM pg_roles WHERE rolname = 'viva_hello' AND rolcanlogin"), [["viva_hello"]]);
  assert.ok(existsSync(join(copy.top, "build/fn/hello")));
});
