/*
 * runs.mjs - somebody who keeps running programs, and what becomes of each.
 */
import { randomBytes } from "node:crypto";
import { waitFor } from "../lib/wait.mjs";

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
