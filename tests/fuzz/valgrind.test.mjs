/*
 * valgrind.test.mjs - the document engine under valgrind: no read of what was never written, no leak.
 *
 * ASan sees neither kind of the first. The unit tests, the command over a log, and the fuzz targets over some of
 * their corpus; VIVA_VALGRIND=all takes all of the corpus and the logs of $VIVA_YJS_SAMPLES.
 */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gunzipSync } from "node:zlib";

const top = new URL("../..", import.meta.url).pathname;
const build = process.env.VIVA_BUILD ?? "build";
const all = process.env.VIVA_VALGRIND === "all";
const samples = process.env.VIVA_YJS_SAMPLES ?? new URL("../../../shared/data/yjs", import.meta.url).pathname;
const dir = mkdtempSync(join(tmpdir(), "viva-valgrind-"));
after(() => rmSync(dir, { recursive: true }));

const SOME = 20;
const FAULTS = 99;
const programs = ["test/yjs_doc_test", "test/yjs_update_test"];
const targets = ["yjs_update", "yjs_sv", "yjs_sync", "yjs_awareness", "yjs_document"];

function make(...what) {
  execFileSync("make", ["-s", "-j2", `B=${build}`, ...what.map((name) => `${build}/${name}`)], { cwd: top, stdio: "pipe" });
}

/* The program's exit status; faults that valgrind sees fail the test with its words. */
function watched(program, ...args) {
  const flags = ["-q", `--error-exitcode=${FAULTS}`, "--leak-check=full", "--errors-for-leak-kinds=all"];
  const run = spawnSync("valgrind", [...flags, join(build, program), ...args], { cwd: top, encoding: "utf8", maxBuffer: 1 << 28 });
  assert.equal(run.error, undefined, "valgrind is missing: infra/machine/packages lists it");
  assert.notEqual(run.status, FAULTS, run.stderr.slice(0, 4000));
  assert.equal(run.signal, null, run.stderr.slice(0, 4000));
  return run.status;
}

for (const program of programs) {
  test(`${program} is clean`, () => {
    make(program);
    assert.equal(watched(program), 0);
  });
}

/* Every n-th, so that some of each kind are taken. */
function inputs(target) {
  const folder = join("tests/fuzz/corpus", target);
  const files = readdirSync(join(top, folder)).sort().map((name) => join(folder, name));
  const step = all ? 1 : Math.ceil(files.length / SOME);
  return files.filter((_, i) => i % step === 0);
}

for (const target of targets) {
  test(`${target} is clean over its corpus`, () => {
    make(`fuzz/plain-${target}`);
    assert.equal(watched(`fuzz/plain-${target}`, ...inputs(target)), 0);
  });
}

const record = (bytes) => Buffer.concat([Buffer.from(Uint32Array.of(bytes.length).buffer), bytes]);

/* What the corpus has of updates, each behind its length. */
function corpusLog() {
  return Buffer.concat(inputs("yjs_update").map((file) => record(readFileSync(join(top, file)))));
}

function command(name, log) {
  const file = (end) => join(dir, `${name}.${end}`);
  writeFileSync(file("log"), log);
  const good = watched("bin/yjs", "validate", file("log")) === 0;
  const applied = watched("bin/yjs", "apply", file("log"), "--state", file("state"), "--sv", file("sv"));
  const merged = watched("bin/yjs", "merge", file("log"), file("merged"));
  if (!good) return;
  assert.deepEqual([applied, merged], [0, 0]);
  assert.equal(watched("bin/yjs", "sv", file("state"), file("sv2")), 0);
  assert.equal(watched("bin/yjs", "diff", file("merged"), file("sv"), file("diff")), 0);
  assert.equal(watched("bin/yjs", "show", file("state")), 0);
}

test("the command is clean, whatever it is given", () => {
  make("bin/yjs");
  command("corpus", corpusLog());
  const good = inputs("yjs_update").map((file) => readFileSync(join(top, file)));
  for (const [i, bytes] of good.entries()) if (i < 5 || all) command(`one-${i}`, record(bytes));
});

if (all && existsSync(samples)) {
  for (const name of ["b4", "friendsforever", "clownschool"]) {
    test(`the command is clean over ${name}`, () => {
      make("bin/yjs");
      command(name, gunzipSync(readFileSync(join(samples, `${name}.updates.u32le.bin.gz`))));
    });
  }
}
