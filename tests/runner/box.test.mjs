/*
 * box.test.mjs - the tests of tests/unit that need real boxes, where there is an engine: tests/unit/boxes.h.
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

async function passes(program) {
  execFileSync("make", ["-s", `build/test/${program}`], { cwd: tree });
  const run = mkdtempSync("/tmp/viva-boxes-");
  const env = {
    ...process.env, VIVA_BOXES: "1", VIVA_RUN: run, VIVA_PG: "-", VIVA_REDIS: "-", VIVA_REALTIME: "-",
    VIVA_INIT: join(tree, "build/bin/init"), ...(existsSync(ownEngine) ? { VIVA_DOCKER: ownEngine } : {}),
  };
  try {
    const { stdout, stderr } = await promisify(execFile)(join(tree, "build/test", program), { env });
    assert.match(stdout + stderr, /PASSED/);
  } catch (error) {
    assert.fail(`${error.stdout}${error.stderr}${error.message}`);
  } finally {
    rmSync(run, { recursive: true, force: true });
  }
}

test("boxes: users, artifacts, results, terminals, folders, classes", { timeout: 600_000 }, () =>
  passes("runner_box_test"));

test("what a held interpreter runs is to the byte what a new one runs", { timeout: 1_200_000 }, () =>
  passes("runner_held_test"));
