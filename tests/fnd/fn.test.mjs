/*
 * fn.test.mjs - the command fn: what it lists is what fnd serves, what it asks is the function itself.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
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

const fn = (args, env = services.env) => spawnSync(join(top, "build/bin/fn"), args, { encoding: "utf8", env });
const list = () => JSON.parse(fn(["ls", "--json"]).stdout);

test("it asks a function that is served, and the list counts it", async () => {
  const before = list()[0].requests;
  const asked = fn(["invoke", "system", "GET", "/api/openapi.json"]);
  assert.equal(asked.status, 0, asked.stderr);
  assert.match(asked.stdout, /^Status: 200\r\n[\s\S]*"openapi": "3.1.0"/);
  await waitFor(() => list()[0].requests > before, { what: "it is counted" });
  assert.equal(list()[0].name, "system");
  assert.match(fn(["ls"]).stdout, /^FUNCTION +BUSY +IDLE[^\n]*\nsystem +\d/);
});

test("a function that nobody serves is started for the request", () => {
  const asked = fn(["invoke", "system", "GET", "/api/openapi.json"], { PATH: process.env.PATH, VIVA_RUN: "/nowhere", VIVA_SECRETS: "/nowhere" });
  assert.equal(asked.status, 0, asked.stderr);
  assert.match(asked.stdout, /^Status: 200\r\n/);
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

test("errors have a status and say what is wrong", () => {
  const unknown = fn(["invoke", "system", "GET", "/api/nothing"]);
  assert.equal(unknown.status, 1);
  assert.match(unknown.stdout, /^Status: 404\r\n/);
  assert.match(fn(["invoke", "nobody", "GET", "/"]).stderr, /fn: nobody: .*No such file/);
  assert.equal(fn(["invoke", "nobody", "GET", "/"]).status, 69);
  assert.equal(fn(["dance"]).status, 64);
  assert.equal(fn(["invoke", "system"]).status, 64);
  assert.equal(fn(["ls"], { VIVA_RUN: "/nowhere" }).status, 69);
  assert.match(fn(["--help"]).stdout, /^fn ls/m);
});
