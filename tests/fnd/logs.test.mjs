/*
 * logs.test.mjs - fn logs: the lines of one function or of all, older files first, and what comes after they were shown.
 *
 * The files are as a stack has them: lines made by fnd and functions (base/log.h), put away by s6-log.
 */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";

const program = resolve(import.meta.dirname, "../../build/bin/fn");
let state, folder, env;

const line = (service, msg) => `${JSON.stringify({ ts: "2026-11-21T16:00:00.000Z", level: "info", service, msg })}\n`;

before(() => {
  state = mkdtempSync(join(tmpdir(), "viva-logs-"));
  folder = join(state, "log/fnd");
  for (const path of ["run", "log", "log/fnd"]) mkdirSync(join(state, path));
  env = { VIVA_RUN: join(state, "run") };
  writeFileSync(join(folder, "@400000006a0000000000000a.s"), line("rooms", "first"));
  writeFileSync(join(folder, "@400000006a0000000000000b.s"), line("docs", "second") + line("rooms", "second"));
  const current = [["fnd", "rooms: request abc takes longer than 30 s"], ["fnd", "roomsy is gone"], ["fnd", "7 functions from x"], ["docs", '"service":"rooms"']];
  writeFileSync(join(folder, "current"), current.map((each) => line(...each)).join(""));
});
after(() => rmSync(state, { recursive: true }));

const logs = (...args) => spawnSync(program, ["logs", ...args], { env, encoding: "utf8" });
const said = (text) => text.trimEnd().split("\n").map((row) => JSON.parse(row)).map(({ service, msg }) => `${service}: ${msg}`);

test("a function's lines, and what fnd says of it, in the order of their time", () => {
  assert.deepEqual(said(logs("rooms").stdout), ["rooms: first", "rooms: second", "fnd: rooms: request abc takes longer than 30 s"]);
});

test("without a name, all", () => {
  assert.equal(said(logs().stdout).length, 7);
});

test("what comes is shown as it comes: half of a line with its other half, and on in the next file", async () => {
  const following = spawn(program, ["logs", "rooms", "-f"], { env, stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: following.stdout })[Symbol.asyncIterator]();
  const next = async () => said((await lines.next()).value)[0];
  try {
    assert.equal(await next(), "fnd: rooms: request abc takes longer than 30 s");
    const whole = line("rooms", "in two halves");
    appendFileSync(join(folder, "current"), line("docs", "not this") + whole.slice(0, 30));
    appendFileSync(join(folder, "current"), whole.slice(30));
    assert.equal(await next(), "rooms: in two halves");
    appendFileSync(join(folder, "current"), line("rooms", "the last of this file"));
    renameSync(join(folder, "current"), join(folder, "@400000006a0000000000000c.s"));
    writeFileSync(join(folder, "current"), line("rooms", "the first of the next"));
    assert.equal(await next(), "rooms: the last of this file");
    assert.equal(await next(), "rooms: the first of the next");
  } finally {
    following.kill();
  }
});

test("what a service writes becomes lines of JSON, in which nothing is left that a terminal would obey", () => {
  const whole = line("rooms", "\u001b[2J");
  const lines = spawnSync(join(program, "../lines"), ["rooms", "cat"], { input: `${whole}{"msg":"\x1b[2J"}\n{"msg":"\x7f"}\n\x1b[2J\n{"cut\n`, encoding: "utf8" });
  assert.equal(lines.status, 0, lines.stderr);
  assert.doesNotMatch(lines.stdout, /[\x00-\x09\x0b-\x1f\x7f]/);
  assert.deepEqual(said(lines.stdout), ["rooms: \x1b[2J", 'rooms: {"msg":"\x1b[2J"}', 'rooms: {"msg":"\x7f"}', "rooms: \x1b[2J", 'rooms: {"cut']);
  assert.equal(lines.stdout.split("\n")[0], whole.trimEnd(), "what is whole passes as it is");
});

test("what cannot be is said", () => {
  for (const args of [["Rooms"], ["rooms", "docs"], ["../x"], ["-x"]]) assert.equal(logs(...args).status, 64, args.join(" "));
  env = { VIVA_RUN: "/nowhere/run" };
  const nowhere = logs();
  assert.equal(nowhere.status, 69);
  assert.match(nowhere.stderr, /\/nowhere\/run\/\.\.\/log\/fnd\/current: No such file/);
});
