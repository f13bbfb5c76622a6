/*
 * world.mjs - one of everything that an operation may need, so that tests can be written over all of api.yaml.
 *
 *   const world = await makeWorld();
 *   const actor = await world.actor(op);              somebody who may call it, within their limits
 *   const res = await actor.request(op.method, fill(op, world.values), body);
 *
 * A new operation is covered as soon as api.yaml has it; one with a new path parameter fails here until this
 * file says what to put there.
 */
import { api, Person } from "./api.mjs";
import { operations } from "./contract.mjs";
import * as frames from "./frames.mjs";
import { redis } from "./redis.mjs";
import { waitFor } from "./wait.mjs";

/* Operations whose x-who lets more people in than the operation itself. */
const OWNERS = new Set(["rooms_end"]);

/* After one of these has succeeded, its actor or its room is used up. */
const FINAL = new Set(["rooms_leave", "rooms_end"]);

/* Below every x-limit of api.yaml, with what is on its way, so that a limit is never what is tested by accident. */
const CALLS_EACH = 12;

/*
 * An owner does here in a minute what a person does in a week: after so many calls of an operation the function forgets
 * them, and the gateway, which counts by token, sees another.
 */
const calls = new WeakMap();

async function rested(person, id) {
  if (!calls.has(person)) calls.set(person, {});
  const made = calls.get(person);
  made[id] = (made[id] ?? 0) + 1;
  if (made[id] % CALLS_EACH !== 0) {
    await person.refreshing; /* or those who ask meanwhile are too many for the token of before */
    return person;
  }
  redis("DEL", `limit:${id}:${person.id}`);
  await (person.refreshing ??= person.refresh().finally(() => (person.refreshing = undefined)));
  return person;
}

export class World {
  constructor(owner) {
    this.owner = owner;
    this.calls = 0;
  }

  async newRoom() {
    this.room = await api.room(await rested(this.owner, "rooms_create"));
    this.invite = undefined;
    /* A person may have only so many runs that wait, and a busy machine lets them wait. */
    this.run = await waitFor(() => api.run(this.owner, this.room, "print(1)"), { within: 180_000, every: 250, what: "a run" });
    this.guest = undefined;
    this.values = { room: this.room.id, document: "code", run: this.run.id, path: "src/main.py" };
    for (const { path, parameters } of operations) {
      const missing = parameters.find((p) => p.required && !(p.name in this.values));
      if (missing) throw new Error(`world.mjs: what is a {${missing.name}} of ${path}?`);
    }
  }

  /* A candidate of the room, replaced before limits are near. */
  async candidate() {
    if (!this.guest || this.calls++ % CALLS_EACH === 0) this.guest = this.newGuest(this.room);
    return this.guest;
  }

  async newGuest(room) {
    this.invite ??= api.invite(room, "candidate").catch((error) => {
      this.invite = undefined;
      throw error;
    });
    const person = new Person();
    return person.adopt(await person.must(201, "POST", "/api/join", { invite: await this.invite, name: "Bob" }));
  }

  async actor(op) {
    if (op.who === "public") return new Person();
    if (["account", "interviewer", "owner"].includes(op.who) || OWNERS.has(op.id)) return rested(this.owner, op.id);
    return this.candidate();
  }

  /* To be told how each call went: replaces what it used up. */
  async used(op, status) {
    if (op.id === "terminal_open" && status < 300) await this.owner.delete(`${this.room.path}/terminal`); /* seats are few */
    if (status >= 300 || !FINAL.has(op.id)) return;
    if (op.id === "rooms_leave") this.guest = undefined;
    else await this.newRoom();
  }
}

export async function makeWorld(owner) {
  const world = new World(owner ?? (await api.signup()));
  await world.newRoom();
  return world;
}

/* A right body of octets for the operation, which no schema describes. */
export const octets = (op) => (op.id === "docs_sync" ? frames.step1() : frames.awareness({ [1 + Math.floor(Math.random() * 2 ** 31)]: { state: {} } }));
