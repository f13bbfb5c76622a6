/*
 * copy.mjs - a copy of the tree that a test may change and build: to add a function, as its author would.
 *
 *   const copy = copyTree();
 *   writeFileSync(join(copy.top, "functions/mine/mine.c"), "...");
 *   copy.make("build/fn/mine");
 *
 * What is built already comes along with its times, so that only what changed is made. copyTree({ stack: true }) is enough
 * of it to start a stack from (infra/machine/up with VIVA_BUILT=1), and to run its tests.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const top = resolve(import.meta.dirname, "../..");

/* What make reads, and the programs' sources. */
const PARTS = ["Makefile", "functions", "schemas", "runner/daemon", "runner/init", "infra/machine/machine.mk", "nginx/app/provider/provider.mk",
  "tests/fuzz/fuzz.mk", "tests/bench/bench.mk", "tests/soak/soak.mk", "tests/unit", "tests/api"];
const BUILT = ["build/gen", "build/obj", "build/lib.a", "build/yjs.a", "build/document.a", "build/bin", "build/fn"];
/* What a stack runs besides. Modules that a language brings are part of its sandbox, and so of what its image is made of. */
const STACK = ["infra", "nginx/gateway.conf", "nginx/realtime.conf", "nginx/signals.conf", "nginx/conf", "runner", "tests/lib", "build"];
const WITHOUT = ["build/test", "build/san", "build/bench", "build/fuzz"];

export function copyTree({ stack = false } = {}) {
  const wanted = (path) => !(path.includes("node_modules") && !path.includes("runner/languages/")) && !WITHOUT.some((part) => path === join(top, part));
  const copy = mkdtempSync(join(tmpdir(), "viva-tree-"));
  chmodSync(copy, 0o755);
  for (const part of [...PARTS, ...(stack ? STACK : BUILT)]) {
    if (!existsSync(join(top, part))) continue;
    mkdirSync(join(copy, part, ".."), { recursive: true });
    cpSync(join(top, part), join(copy, part), { recursive: true, preserveTimestamps: true, filter: wanted });
  }
  for (const part of ["schemas", ...(stack ? ["tests"] : [])]) symlinkSync(join(top, part, "node_modules"), join(copy, part, "node_modules"));
  return {
    top: copy,
    make(...targets) {
      const run = spawnSync("make", ["--no-print-directory", "-j2", ...targets], { cwd: copy, encoding: "utf8" });
      assert.equal(run.status, 0, `make ${targets.join(" ")}\n${run.stdout}\n${run.stderr}`);
    },
    remove: () => rmSync(copy, { recursive: true, force: true }),
  };
}
