/*
 * box.test.mjs - tests/unit/runner_box_test.c, where there is an engine: what a stage of the runner asks of a box.
 */
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { state } from "../lib/stack.mjs";

const tree = join(import.meta.dirname, "../..");
const ownEngine = join(state, "run/docker.sock");

test("boxes: users, artifacts, results, terminals, folders, classes", { timeout: 600_000 }, async () => {
  execFileSync("make", ["-s", "build/test/runner_box_test"], { cwd: tree });
  const run = mkdtempSync("/tmp/viva-boxes-");
  const env = {
    ...process.env, VIVA_BOXES: "1", VIVA_RUN: run, VIVA_PG: "-", VIVA_REDIS: "-", VIVA_REALTIME: "-",
    VIVA_INIT: join(tree, "build/bin/init"), ...(existsSync(ownEngine) ? { VIVA_DOCKER: ownEngine } : {}),
  };
  try {
    const { stdout, stderr } = await promisify(execFile)(join(tree, "build/test/runner_box_test"), { env });
    assert.match(stdout + stderr, /PASSED/);
  } catch (error) {
    assert.fail(error.stdout + error.stderr);
  } finally {
    rmSync(run, { recursive: true, force: true });
  }
});
