/*
 * crash.mjs - under load, something is killed with -9 again and again for SOAK_MINUTES (10): the runner, an init, the
 * engine (one of the stack's own: VIVA_DOCKER=/none), Redis, PostgreSQL, as chance has it.
 *
 * In the end every run that was asked for has reached one terminal state and keeps it; its stored output has no gap, no
 * chunk twice, and is what the program prints from its beginning; listeners heard its chunks in order and each once,
 * and no two different ends; and no container is left.
 */
import { api } from "../lib/api.mjs";
import { random } from "../lib/random.mjs";
import { waitFor } from "../lib/wait.mjs";
import { kill, victims } from "../chaos/victims.mjs";
import { isTerminal } from "../chaos/runs.mjs";
import { chunksOf, text } from "../runner/sandbox.mjs";
import { inits, leaked, stuck } from "./machine.mjs";

const MINUTES = Number(process.env.SOAK_MINUTES ?? 10);
const PEOPLE = 4;
const LINES = 30;
const PROGRAM = `import time\nfor i in range(${LINES}):\n    print('line', i)\n    time.sleep(0.05)\n`;
const WHOLE = Array.from({ length: LINES }, (_, i) => `line ${i}\n`).join("");
const pause = (ms) => new Promise((wake) => setTimeout(wake, ms));

/* Somebody in a room of their own who runs programs all the time, and listens. */
class Person {
  runs = [];
  heard = [];
  going = true;

  static async arrive() {
    const person = new Person();
    person.who = await api.signup();
    person.room = await api.room(person.who);
    person.done = Promise.all([person.#run(), person.#listen()]);
    return person;
  }

  async #run() {
    for (let n = 0; this.going; n++) {
      const body = { language: "python", files: [{ path: "main.py", content: PROGRAM }], wall_ms: 30_000, idempotency_key: `${n}` };
      for (let asked = false; !asked && this.going; ) {
        const res = await this.who.post(`${this.room.path}/runs`, body).catch(() => ({ status: 0 }));
        asked = res.status === 202;
        if (asked) this.runs.push(res.body.id);
        else await pause(res.status === 429 ? 1000 : 200);
      }
      await pause(1200);
    }
  }

  /* Each connection's messages by themselves: between two of them anything may be missed, nothing may come twice. */
  async #listen() {
    while (this.going) {
      const socket = await this.who.socket(`${this.room.ws}/events`).catch(() => undefined);
      if (!socket) {
        await pause(200);
        continue;
      }
      this.heard.push(socket.messages);
      while (this.going && socket.closed === null) await pause(200);
      socket.abort();
    }
  }
}

function heardWrong(messages) {
  const last = new Map();
  const ends = new Map();
  const wrong = [];
  for (const e of messages) {
    if (e.type === "run_output") {
      if (e.chunk.seq <= (last.get(e.run) ?? 0)) wrong.push(`run ${e.run}: chunk ${e.chunk.seq} was heard after ${last.get(e.run)}`);
      last.set(e.run, e.chunk.seq);
    } else if (e.type === "run" && e.run.ended_at) {
      if (ends.has(e.run.id) && ends.get(e.run.id) !== e.run.status) wrong.push(`run ${e.run.id} ended as ${ends.get(e.run.id)} and ${e.run.status}`);
      ends.set(e.run.id, e.run.status);
    }
  }
  return wrong;
}

async function judge({ who }, id, ends) {
  const run = await waitFor(async () => {
    const now = await who.must(200, "GET", `/api/runs/${id}`);
    return isTerminal(now) && now;
  }, { within: 240_000, every: 300, what: `run ${id} to end` }).catch(() => undefined);
  if (!run) return [`run ${id} did not end`];
  ends[run.status] = (ends[run.status] ?? 0) + 1;
  const chunks = await chunksOf(who, run);
  const seqs = chunks.map((c) => c.seq);
  const printed = text(chunks, "stdout");
  const wrong = [];
  if (seqs.some((seq, i) => seq !== i + 1)) wrong.push(`run ${id} (${run.status}): chunks ${seqs}`);
  if (!WHOLE.startsWith(printed)) wrong.push(`run ${id} (${run.status}) printed ${JSON.stringify(printed.slice(0, 200))}`);
  if (run.status === "ok" && printed !== WHOLE) wrong.push(`run ${id} is ok without all of its output: ${JSON.stringify(printed.slice(-80))}`);
  if (!["ok", "internal_error", "runner_lost"].includes(run.status)) wrong.push(`run ${id} ended as ${run.status}: ${run.detail}`);
  return wrong;
}

function killOne(r) {
  const names = ["the runner", "dockerd", "Redis", "PostgreSQL"].filter((name) => victims[name]().some(Boolean));
  const name = r.pick([...names, "an init", "an init"]);
  try {
    if (name !== "an init") kill(name);
    else process.kill(r.pick(inits()), "SIGKILL");
    return name;
  } catch {
    return "nothing";	/* It was dead already. */
  }
}

export async function crash() {
  const seed = Number(process.env.VIVA_SEED ?? Date.now() % 1e6);
  const r = random(seed);
  const killed = {};
  const ends = {};
  const people = await Promise.all(Array.from({ length: PEOPLE }, () => Person.arrive()));
  console.log(`  seed ${seed}, ${MINUTES} minutes${victims.dockerd().length ? "" : "; the engine is not the stack's own and is left alone"}`);
  for (const until = performance.now() + MINUTES * 60_000; performance.now() < until; await pause(2000 + r.int(8000))) {
    const name = killOne(r);
    killed[name] = (killed[name] ?? 0) + 1;
  }
  for (const person of people) person.going = false;
  await Promise.all(people.map((person) => person.done));
  const wrong = [];
  for (const person of people) {
    for (const messages of person.heard) wrong.push(...heardWrong(messages));
    for (const id of person.runs) wrong.push(...(await judge(person, id, ends)));
  }
  wrong.push(...(await stuck()), ...(await leaked()));
  console.log(`  killed: ${JSON.stringify(killed)}`);
  console.log(`  ${people.reduce((sum, p) => sum + p.runs.length, 0)} runs ended: ${JSON.stringify(ends)}; heard on ${people.reduce((sum, p) => sum + p.heard.length, 0)} connections`);
  return wrong;
}
