/*
 * frozen.test.mjs - a part that is there, takes connections and says nothing (SIGSTOP: a disk that hangs, a machine that
 * swaps): who asks how we are is told at once which part it is, and nobody waits for it without end.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { api } from "../lib/api.mjs";
import { waitFor } from "../lib/wait.mjs";
import { page, samples } from "../observe/page.mjs";
import { running, signal } from "./victims.mjs";

/* What each is made of, and what is missing without it. */
const parts = {
  postgres: { processes: "postgres", missing: ["postgres"] },
  redis: { processes: "redis-server", missing: ["redis", "runner"] },
};

const LIMIT = { timeout: 300_000 };
const anyone = api.anyone();
const health = () => anyone.get("/api/health");
const well = () => waitFor(async () => (await health()).body?.status === "ok", { within: 120_000, what: "all parts to be well" });

/* Until none is left that began meanwhile. */
function freeze(name) {
  const frozen = new Set();
  for (let fresh = running(name); fresh.length > 0; fresh = running(name).filter((pid) => !frozen.has(pid))) {
    signal(fresh, "SIGSTOP");
    fresh.forEach((pid) => frozen.add(pid));
  }
  assert.ok(frozen.size > 0, `nothing runs that is called ${name}`);
  return frozen;
}

for (const [part, { processes, missing }] of Object.entries(parts)) {
  test(`while ${part} is frozen, health says so, and so do the metrics`, LIMIT, async () => {
    await well();
    const frozen = freeze(processes);
    try {
      const said = await waitFor(async () => {
        const now = await health();
        assert.notEqual(now.status, 504, "nobody is kept until the deadline");
        return now.body.status === "down" && now;
      }, { within: 60_000, what: "health to have noticed" });
      assert.deepEqual([said.status, said.body.parts.filter((p) => !p.ok).map((p) => p.name)], [503, missing]);
      assert.ok(Number(said.headers["retry-after"]) > 0);
      const up = Object.fromEntries(samples(await page()).get("viva_up").map((s) => [s.labels.part, s.value]));
      assert.deepEqual(Object.keys(up).filter((name) => up[name] === 0), [part]);
      assert.equal((await anyone.get("/api/openapi.json")).status, 200, "what needs neither goes on");
    } finally {
      signal(frozen, "SIGCONT");
    }
    await well();
  });
}

test("who needs PostgreSQL while it is frozen is told to come back, before the deadline would have ended them", LIMIT, async () => {
  const ann = await api.signup({ name: "Ann" });
  await ann.must(200, "GET", "/api/rooms");
  const frozen = freeze("postgres");
  let said;
  try {
    said = await ann.get("/api/rooms");
  } finally {
    signal(frozen, "SIGCONT");
  }
  assert.deepEqual([said.status, said.problem], [503, "busy"], said.raw);
  await waitFor(async () => (await ann.get("/api/rooms")).status === 200, { within: 120_000, what: "rooms again" });
  await well();
});
