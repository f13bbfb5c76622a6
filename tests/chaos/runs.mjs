/*
 * runs.mjs - somebody who keeps running programs, and what becomes of each.
 */
import { randomBytes } from "node:crypto";
import { after, before } from "node:test";
import { api } from "../lib/api.mjs";
import { waitFor } from "../lib/wait.mjs";
import { get } from "../runner/sandbox.mjs";

const pause = (ms) => new Promise((wake) => setTimeout(wake, ms));
const TERMINAL = new Set([
  "ok", "wrong_answer", "runtime_error", "compile_error", "dependency_error", "time_limit", "memory_limit", "output_limit", "cancelled",
  "runner_lost", "internal_error",
]);

export const isTerminal = (run) => TERMINAL.has(run.status);

const PROGRAM = "import time\nfor i in range(5):\n    print(i)\n    time.sleep(0.1)\n";

export class Runs {
  ids = new Set();
  #going = true;

  #next = 0;

  /* They take turns: each may submit 60 a minute. */
  constructor(people, room) {
    this.people = people;
    this.room = room;
    this.done = this.#keepRunning();
  }

  async #keepRunning() {
    while (this.#going) {
      await this.submit();
      await pause(700);
    }
  }

  /* The same key each time, so that a lost answer does not become a second run. */
  async submit() {
    const body = {
      language: "python",
      files: [{ path: "main.py", content: PROGRAM }],
      idempotency_key: randomBytes(12).toString("hex"),
    };
    for (;;) {
      const res = await this.#whose().post(`${this.room.path}/runs`, body).catch(() => ({ status: 0 }));
      if (res.status === 202) {
        this.ids.add(res.body.id);
        return res.body.id;
      }
      if (res.status >= 400 && res.status < 500 && res.status !== 429) throw new Error(`a run was refused: ${res.status} ${res.raw}`);
      await pause(100);
    }
  }

  #whose() {
    return this.people[this.#next++ % this.people.length];
  }

  async get(id) {
    const res = await this.people[0].get(`/api/runs/${id}`);
    if (res.status !== 200) throw new Error(`GET /api/runs/${id}: ${res.status} ${res.raw}`);
    return res.body;
  }

  async finished(id, within = 60_000) {
    return waitFor(
      async () => {
        const run = await this.get(id);
        return isTerminal(run) && run;
      },
      { within, every: 100, what: `run ${id} to end` },
    );
  }

  stop() {
    this.#going = false;
    return this.done;
  }
}

/* For the tests of a file: Ann, who is in a room and hears what happens there. They are there when the first test begins. */
export function audience() {
  const it = {};

  before(async () => {
    it.ann = await api.signup();
    it.room = await api.room(it.ann);
    it.ear = await it.ann.socket(`${it.room.ws}/events`);
  });
  after(() => it.ear?.close());
  it.running = (run) => waitFor(async () => (await get(it.ann, run)).status === "running", { within: 60_000, what: "it to run" });
  /* What was heard of a run, of one type of event. */
  it.heard = (type, run) => it.ear.messages.filter((e) => e.type === type && (e.run.id ?? e.run) === run.id);
  return it;
}
