/*
 * cases.test.mjs - test runs when the runner or what it needs is killed in their midst: one end, and of each case at most
 * one verdict, for the database and for who listens.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { waitFor } from "../lib/api.mjs";
import { ended } from "../runner/sandbox.mjs";
import { audience } from "./runs.mjs";
import { again, kill } from "./victims.mjs";

const here = audience();
const { running } = here;

/* Each case sleeps as long as it reads. */
const tried = (...seconds) =>
  here.ann.must(202, "POST", `${here.room.path}/runs`, {
    language: "python",
    files: [{ path: "main.py", content: "import time\ns = input()\ntime.sleep(float(s))\nprint(s)\n" }],
    cases: seconds.map((s) => ({ input: `${s}`, expected: `${s}` })),
    wall_ms: 40_000,
  });
const cases = async (run) => (await here.ann.must(200, "GET", `/api/runs/${run.id}/cases`)).cases.map((c) => c.verdict.status);
const decided = (run, n) =>
  waitFor(async () => (await cases(run)).filter((status) => status === "ok").length >= n, { within: 60_000, what: `${n} verdicts` });

/* Its end and its verdicts, each told at most once. */
async function outcome(run) {
  const done = await ended(here.ann, run, 150_000);
  const heard = here.heard("run_case", run).map((e) => e.verdict.number);
  assert.deepEqual(heard, [...new Set(heard)], "no verdict was told twice");
  assert.ok(here.heard("run", run).filter((e) => e.run.ended_at).length <= 1);
  const now = await cases(run);
  assert.equal(done.cases.decided, now.filter((status) => status !== "not_run").length);
  return [done.status, now];
}

test("the runner killed after a verdict: that one stays, and the run is not run again", { timeout: 200_000 }, async () => {
  const run = await tried(0, 20, 0);
  await decided(run, 1);
  await again("the runner", kill("the runner"));
  assert.deepEqual(await outcome(run), ["runner_lost", ["ok", "not_run", "not_run"]]);
});

test("the runner killed before the first verdict: the run starts over", { timeout: 200_000 }, async () => {
  const run = await tried(12, 0);
  await running(run);
  await again("the runner", kill("the runner"));
  assert.deepEqual(await outcome(run), ["ok", ["ok", "ok"]]);
});

test("PostgreSQL killed as a case ends: its verdict is stored when it is back", { timeout: 200_000 }, async () => {
  const run = await tried(0, 1, 1, 0);
  await decided(run, 1);
  await again("PostgreSQL", kill("PostgreSQL"));
  const end = await waitFor(() => outcome(run).catch(() => false), { within: 120_000, what: "its end" });
  assert.deepEqual(end, ["ok", ["ok", "ok", "ok", "ok"]]);
});

test("the engine killed under a case: that case is tried again", { timeout: 200_000 }, async () => {
  const run = await tried(0, 4, 0);
  await decided(run, 1);
  await again("dockerd", kill("dockerd"));
  const [status, verdicts] = await outcome(run);
  assert.deepEqual([status, verdicts], ["ok", ["ok", "ok", "ok"]]);
});
