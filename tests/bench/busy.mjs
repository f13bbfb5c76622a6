/*
 * busy.mjs - a runner that has more to do than it can: how many runs a second, beside the containers that the engine
 * alone can make and remove; and what people who type in other rooms notice of it.
 *
 * Every run costs one container, so what the engine makes in the same time, nothing in them, is as much as any runner
 * of single-use containers could do. The typing is that of load.mjs, in turns beside an idle runner and a saturated one.
 */
import { api } from "../lib/api.mjs";
import { join, measure } from "./load.mjs";
import { busyMs } from "./proc.mjs";
import { ask, ended, engineSocket, place } from "./runner.mjs";
import { viva } from "./targets/viva.mjs";

const RUNNERS = 8; /* people who run programs without a pause: more than there are slots */
const MAKERS = 4; /* containers at a time, as there are slots */
const TYPISTS = 6;
const TURNS = 3; /* of typing, each way */

/* `people` run the program again and again until told to stop, or `count` times in all. Returns how many ended. */
async function keepRunning({ language, file, source }, people, more) {
  let done = 0;
  await Promise.all(
    people.map(async (at) => {
      while (more(done)) {
        if (at.runs++ % 40 === 39) Object.assign(at, await moved(at, language));
        const run = await api.run(at.ann, at.room, source, { language, file });
        await at.events.next((e) => ended(e, run.id), { within: 120000 });
        done++;
      }
    }),
  );
  return done;
}

async function moved(at, language) {
  await at.events.close();
  return { ...(await place(language)), runs: at.runs };
}

const crowd = (language) => Promise.all(Array.from({ length: RUNNERS }, () => place(language)));
const leave = (people) => Promise.all(people.map(({ events }) => events.close()));

/* Wall and processor time of the whole machine that each of `count` takes. */
async function cost(once) {
  const [began, used] = [performance.now(), busyMs()];
  const count = await once();
  return { wall: (performance.now() - began) / count, cpu: (busyMs() - used) / count, count };
}

async function sustained(program, count) {
  const people = await crowd(program.language);
  let started = 0;
  const result = await cost(() => keepRunning(program, people, () => started++ < count));
  await leave(people);
  return result;
}

/* Made, started and removed by the engine, with nothing to do inside. */
async function churn(image, count) {
  const spec = { Image: image, Entrypoint: ["/bin/true"], HostConfig: { NetworkMode: "none" } };
  let started = 0;
  return cost(async () => {
    const maker = async () => {
      while (started++ < count) {
        const { Id } = JSON.parse(await ask(engineSocket, "POST", "/containers/create", spec));
        await ask(engineSocket, "POST", `/containers/${Id}/start`);
        await ask(engineSocket, "DELETE", `/containers/${Id}?force=1`);
      }
    };
    await Promise.all(Array.from({ length: MAKERS }, maker));
    return count;
  });
}

/* p95 of an edit's way to others, in turns: the runner idle, the runner saturated; the middle one of each. */
async function typing(program, seconds) {
  const [room] = await viva.rooms(1);
  const clients = await join(viva, await viva.seats(room, TYPISTS));
  const people = await crowd(program.language);
  const p95 = { idle: [], busy: [] };
  let n = 0;
  const turn = async (which) => {
    const { edits } = await measure(viva, clients, { rate: 5, seconds, warmup: 2 });
    p95[which].push(edits.p95);
    n += edits.n;
  };
  for (let i = 0; i < TURNS; i++) {
    await turn("idle");
    let over = false;
    const running = keepRunning(program, people, () => !over);
    await turn("busy");
    over = true;
    await running;
  }
  clients.forEach((client) => client.close());
  await leave(people);
  const middle = (values) => values.toSorted((a, b) => a - b)[(values.length - 1) >> 1];
  return { idle: middle(p95.idle), busy: middle(p95.busy), n };
}

export async function measureBusy(program, image, count, seconds, add, say) {
  const runs = await sustained(program, count * 2);
  const floor = await churn(image, count * 2);
  add("runs, several at once, without a pause", "ms each", "the engine's containers alone", runs.wall, floor.wall, runs.count);
  say(
    `  that is ${(1000 / runs.wall).toFixed(1)} runs a second beside ${(1000 / floor.wall).toFixed(1)} containers: a run takes ${runs.cpu.toFixed(0)} ms of processor, ` +
      `an empty container ${floor.cpu.toFixed(0)}; the rest is the sandbox's limits and mounts, the interpreter, database and gateway, and the people who ask`,
  );
  await viva.start();
  const edits = await typing(program, seconds);
  add("edit p95 while the runner is saturated", "ms", "the runner idle", edits.busy, edits.idle, edits.n);
}
