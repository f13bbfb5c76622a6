/*
 * schedule.test.mjs - schedules fire once when they are due, however many dispatchers there are, and catch up once.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { waitFor } from "../lib/wait.mjs";
import { World } from "./world.mjs";

/* The probe's schedule is due at each full hour by itself, and firings are counted here: not while one comes. */
const HOUR_MS = 3_600_000;
const LONGEST_MS = 120_000; /* that these tests take */
let world;

before(async () => {
  world = await World.make();
  const left = HOUR_MS - (Date.now() % HOUR_MS);
  if (left < LONGEST_MS) await pause(left + 1000);
});
after(() => world.end());

const ticks = () => world.sql("SELECT message FROM probe_seen WHERE name = 'tick'").map(([id]) => id);
const row = (name) => world.sql(`SELECT period, start, next_at > now(), (extract(epoch FROM next_at) - start)::bigint % period FROM schedule WHERE name = '${name}'`)[0];
const isDue = (ago) => world.sql(`UPDATE schedule SET next_at = now() - interval '${ago}' WHERE name = 'probe_tick'`);
const isQuiet = () => waitFor(() => world.sql("SELECT 1 FROM message WHERE queue = 'probe_tick'").length === 0, { what: "no firing is left" });

test("a dispatcher knows the schedules of api.yaml, by the clock", async () => {
  world.dispatch("one");
  await waitFor(() => row("probe_tick"), { what: "the schedule" });
  assert.deepEqual(row("probe_tick"), ["3600", "0", "t", "0"]);
  await waitFor(() => row("runs_cleanup"), { what: "a daily one" });
  assert.deepEqual(row("runs_cleanup"), ["86400", String(3 * 3600 + 20 * 60), "t", "0"]);
  assert.deepEqual(ticks(), [], "none is due as it starts");
});

test("with two dispatchers it fires once, and what was missed is made up once", async () => {
  world.dispatch("two");
  for (const round of [1, 2, 3]) {
    isDue("5 hours");
    await waitFor(() => row("probe_tick")[2] === "t", { what: "it has fired" });
    await isQuiet();
    assert.equal(ticks().length, round);
  }
  assert.match(ticks()[0], /^probe_tick@\d{4}-\d\d-\d\dT\d\d:00:00Z$/);
});

test("a firing that is not done keeps the next one waiting", async () => {
  await isQuiet();
  world.sql("INSERT INTO message (id, queue, body, due_at) VALUES ('earlier', 'probe_tick', '', now() + interval '1 hour')");
  isDue("1 minute");
  await world.send({ name: "meanwhile" });
  await world.isDone("meanwhile");
  assert.equal(row("probe_tick")[2], "f", "it is due and waits");
  world.sql("UPDATE message SET due_at = now() WHERE id = 'earlier'");
  await waitFor(() => ticks().includes("earlier"), { what: "the earlier one" });
  await waitFor(() => row("probe_tick")[2] === "t", { what: "then the next" });
});

test("one that fired while the clock was a year ahead does not wait for that year", async () => {
  await isQuiet();
  const before = ticks().length;
  world.sql("UPDATE schedule SET next_at = now() + interval '1 year' WHERE name = 'probe_tick'");
  await waitFor(() => ticks().length === before + 1, { what: "it fires" });
  assert.equal(world.sql("SELECT 1 FROM schedule WHERE name = 'probe_tick' AND next_at BETWEEN now() AND now() + interval '1 hour'").length, 1);
});

test("a rule that changed counts from now", async () => {
  world.sql("UPDATE schedule SET period = 60, start = 7, next_at = now() + interval '10 days' WHERE name = 'probe_tick'");
  world.dispatch("three");
  await waitFor(() => row("probe_tick")[0] === "3600", { what: "the rule of api.yaml" });
  assert.equal(world.sql("SELECT 1 FROM schedule WHERE name = 'probe_tick' AND next_at <= now() + interval '1 hour'").length, 1);
});
