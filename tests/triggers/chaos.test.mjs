/*
 * chaos.test.mjs - many messages at once, while dispatchers, the function and PostgreSQL are killed as chance has it.
 *
 * VIVA_MESSAGES=10000 has more of them than a test has the time for.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { random } from "../lib/random.mjs";
import { waitFor } from "../lib/wait.mjs";
import { World } from "./world.mjs";

const MESSAGES = Number(process.env.VIVA_MESSAGES ?? 600);
const KILLS = 25;
const LIMIT = { timeout: 900_000 };
const seed = Number(process.env.VIVA_SEED ?? Date.now() % 2 ** 31);
const r = random(seed);
let world;

before(async () => (world = await World.make()), LIMIT);
after(() => world.end());

const left = () => Number(world.sql("SELECT count(*) FROM message WHERE dead_at IS NULL")[0][0]);
const names = (sql) => world.sql(sql).map(([name]) => name).sort();

/* Every tenth fails always, every tenth twice; the rest goes well. */
function sendAll() {
  world.sql(`INSERT INTO message (id, queue, body)
    SELECT 'm' || n, 'probe', json_build_object('name', CASE n % 10 WHEN 0 THEN 'bad ' WHEN 1 THEN 'late ' ELSE 'good ' END || n,
      'how', CASE WHEN n % 10 < 2 THEN 'fail' ELSE 'well' END, 'times', CASE n % 10 WHEN 0 THEN 100 WHEN 1 THEN 2 ELSE 0 END)::text
    FROM generate_series(1, ${MESSAGES}) AS n`);
}

/* Somebody else runs in their place before the next one is killed. */
const VICTIMS = {
  dispatcher: async (dispatchers) => {
    const i = r.int(dispatchers.length);
    dispatchers[i].kill("SIGKILL");
    await dispatchers[i].gone;
    dispatchers[i] = world.dispatch(`d${i}`);
  },
  fnd: async () => {
    world.fnd.kill("SIGKILL");
    await world.fnd.gone;
    await world.startFunctions("probe");
  },
  postgres: async () => {
    world.postgres.kill("SIGQUIT");
    await world.postgres.gone;
    await world.startPostgres();
  },
};
const ODDS = ["dispatcher", "dispatcher", "dispatcher", "fnd", "postgres"];

test(`at least once, and never for ever: whoever is killed (VIVA_SEED=${seed})`, LIMIT, async () => {
  const dispatchers = [world.dispatch("d0"), world.dispatch("d1")];
  sendAll();
  for (let i = 0; i < KILLS && left() > 0; i++) {
    await pause(r.int(400));
    await VICTIMS[r.pick(ODDS)](dispatchers);
  }
  await waitFor(() => left() === 0, { within: 600_000, every: 500, what: "every message is done, or dead" });
  const bad = Array.from({ length: MESSAGES / 10 }, (_, i) => `bad ${(i + 1) * 10}`).sort();
  assert.equal(world.sql("SELECT 1 FROM probe_done WHERE name NOT LIKE 'bad %'").length, MESSAGES - bad.length, "what can be done is done");
  assert.deepEqual(names("SELECT body::json->>'name' FROM message WHERE dead_at IS NOT NULL"), bad, "and what cannot is dead");
  assert.deepEqual(names("SELECT DISTINCT failures FROM message"), ["3"], "after as many failures as are declared");
});
