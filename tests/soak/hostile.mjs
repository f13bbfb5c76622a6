/*
 * hostile.mjs - SOAK_RUNS (1000) hostile programs, attacks of tests/runner drawn at random, as many at a time as there
 * are slots (VIVA_SLOTS, as the stack has it).
 *
 * None may escape, no slot may be stuck, no container left, and the memory of runner and engine must not grow. Where n
 * runs show no escape, there are fewer than 3/n of them (95 % confidence, the rule of three).
 */
import { api } from "../lib/api.mjs";
import { random } from "../lib/random.mjs";
import { WALL, attacksOf, attempt, groups } from "../runner/attack.mjs";
import { python } from "../runner/sandbox.mjs";
import { leaked, memory, slope, stuck } from "./machine.mjs";

const RUNS = Number(process.env.SOAK_RUNS ?? 1000);
const EACH = 50;
const SLOTS = Number(process.env.VIVA_SLOTS ?? 4);

export async function hostile() {
  const seed = Number(process.env.VIVA_SEED ?? Date.now() % 1e6);
  const r = random(seed);
  const { languages } = await (await api.signup()).must(200, "GET", "/api/languages");
  const here = new Set(languages.map(({ name }) => name));
  const all = groups.flatMap(attacksOf).filter((attack) => here.has(attack.language));
  const wrong = [];
  const ends = {};
  const points = [];
  const late = [];
  let begun = 0;
  let done = 0;

  async function one() {
    const attack = r.pick(all);
    const name = `${attack.group}/${attack.name}`;
    try {
      const run = await attempt(attack);
      ends[run.status] = (ends[run.status] ?? 0) + 1;
      if (run.status === "time_limit") late.push(run.wall_ms - Number(attack.wall ?? WALL));
    } catch (error) {
      wrong.push(`${name}: ${String(error.message).slice(0, 300)}`);
      console.log(`  ${wrong.at(-1)}`);
    }
    if (++done % EACH === 0) await look();
  }
  async function look() {
    const { runner, dockerd } = memory();
    points.push({ runs: done, runner, dockerd });
    console.log(`  ${done} runs, ${wrong.length} wrong; runner ${runner} kB, dockerd ${dockerd} kB`);
    const next = await python("print('fine')");
    if (next.stdout !== "fine\n") wrong.push(`after ${done} runs: ${next.status} ${next.stdout}`);
  }
  const before = memory();
  console.log(`  seed ${seed}, ${all.length} attacks; before: runner ${before.runner} kB, dockerd ${before.dockerd} kB`);
  await Promise.all(Array.from({ length: SLOTS }, async () => {
    while (begun < RUNS) {
      begun++;
      await one();
    }
  }));
  wrong.push(...(await stuck()), ...(await leaked()));
  const after = memory();
  /* In the first half each part comes to the size of the largest thing that it is given. */
  const kB = (who) => slope(points.filter((p) => p.runs >= done / 2).map((p) => ({ runs: p.runs, kB: p[who] })));
  late.sort((a, b) => a - b);
  console.log(`  ends: ${JSON.stringify(ends)}`);
  console.log(`  after its time a program ended at most ${late.at(-1)} ms late, half of them within ${late[late.length >> 1]} ms`);
  for (const who of ["runner", "dockerd"]) console.log(`  ${who}: ${before[who]} kB before, ${after[who]} kB after, ${kB(who).toFixed(2)} kB a run in the second half`);
  if (!wrong.length) console.log(`  ${done} runs, no escape: fewer than 1 in ${Math.floor(done / 3)} (95 %)`);
  return wrong;
}
