/*
 * replay.test.mjs - what fuzzing has found stays found.
 *
 * Every target of tests/fuzz is built by gcc under ASan and UBSan, without libFuzzer, and fed with its corpus
 * and with every input that once crashed it.
 */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const top = new URL("../..", import.meta.url).pathname;
const build = process.env.VIVA_BUILD ?? "build";
const dir = "tests/fuzz";

const targets = readdirSync(join(top, dir))
  .filter((name) => name.endsWith(".c") && name !== "replay.c")
  .map((name) => name.slice(0, -2));

const inputs = (kind, target) => {
  const folder = join(dir, kind, target);
  return existsSync(join(top, folder)) ? readdirSync(join(top, folder)).map((name) => join(folder, name)) : [];
};

function replay(target, files) {
  const run = spawnSync(join(build, "fuzz", `replay-${target}`), files, { cwd: top, encoding: "utf8" });
  assert.equal(run.status, 0, run.stderr.slice(0, 4000));
  return Number(run.stdout);
}

test("there are targets, and they build", () => {
  assert.ok(targets.length > 0, "tests/fuzz has no target");
  execFileSync("make", ["-s", `B=${build}`, "fuzz-replay"], { cwd: top, stdio: "pipe" });
});

for (const target of targets) {
  test(`${target} survives its corpus`, () => {
    const files = inputs("corpus", target);
    assert.ok(files.length > 0, `tests/fuzz/corpus/${target} is empty: add seeds, or run make fuzz fuzz-corpus`);
    assert.ok(replay(target, files) >= files.length);
  });
  for (const file of inputs("regression", target)) {
    test(`${target} survives ${file}`, () => assert.ok(replay(target, [file]) >= 1));
  }
}
