/*
 * load.mjs - people who type, and what it costs to show it to the others.
 */
import { cpuMs, memoryKb } from "./proc.mjs";
import { keystroke, readLetters } from "./edits.mjs";

const SETTLE_TRIES = 50; /* of 100 ms in which nothing came */

const pause = (ms) => new Promise((wake) => setTimeout(wake, ms));

/* Numbers that are measured, in a growing array of doubles. */
class Samples {
  #values = new Float64Array(1024);
  n = 0;

  add(value) {
    if (this.n === this.#values.length) {
      const larger = new Float64Array(2 * this.n);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.n++] = value;
  }

  percentiles() {
    const sorted = this.#values.slice(0, this.n).sort();
    const at = (share) => sorted[Math.min(this.n - 1, Math.floor(share * this.n))];
    return { n: this.n, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
  }
}

let lastId = 0;

/* Somebody who types. `seen`: how many of their letters somebody else has seen; `taken`: how many got a receipt. */
class Typist {
  id = 1_000_000_000 + Math.floor(Math.random() * 1_000_000) * 1000 + (lastId = (lastId + 1) % 1000);
  clock = 0;
  seen = 0;
  taken = 0;
  sentAt = [];

  constructor(client) {
    this.client = client;
  }

  type() {
    const update = keystroke(this.id, this.clock++);
    this.sentAt.push(performance.now());
    this.client.send(update);
  }
}

/* Joins everybody; several at a time, as people come. */
export async function join(target, seats) {
  const clients = [];
  for (let i = 0; i < seats.length; i += 20) {
    clients.push(...(await Promise.all(seats.slice(i, i + 20).map((seat) => target.join(seat)))));
  }
  return clients;
}

/*
 * Everybody types `rate` letters a second, each at their own moment. `measured` sees what happens between
 * start() and end(): deliveries to others and receipts.
 */
class Load {
  edits = new Samples();
  receipts = new Samples();
  measuring = false;

  constructor(clients, rate) {
    this.period = 1000 / rate;
    this.typists = clients.map((client) => new Typist(client));
    this.byId = new Map(this.typists.map((typist) => [typist.id, typist]));
    this.typists.forEach((typist) => this.#listen(typist));
  }

  #listen(typist) {
    const { client } = typist;

    client.onletter = (id, clock) => {
      const from = this.byId.get(id);
      if (from === undefined || from === typist) return;
      if (clock >= from.seen) from.seen = clock + 1;
      if (this.measuring) this.edits.add(performance.now() - from.sentAt[clock]);
    };
    if (client.onreceipt === null) return;
    client.onreceipt = () => {
      const clock = typist.taken++;
      if (this.measuring) this.receipts.add(performance.now() - typist.sentAt[clock]);
    };
  }

  start() {
    this.timers = this.typists.map((typist) => {
      const timer = { handle: null };
      const beat = () => {
        typist.type();
        timer.handle = setTimeout(beat, this.period * (0.75 + Math.random() / 2));
      };
      timer.handle = setTimeout(beat, Math.random() * this.period);
      return timer;
    });
  }

  stop() {
    this.timers.forEach(({ handle }) => clearTimeout(handle));
  }

  /* Waits until everything typed was seen by somebody, or nothing more comes. */
  async settle() {
    const missing = () => this.typists.reduce((sum, { clock, seen }) => sum + clock - seen, 0);

    for (let before = -1, quiet = 0; missing() > 0 && quiet < SETTLE_TRIES; quiet++) {
      if (missing() !== before) quiet = 0;
      before = missing();
      await pause(100);
    }
    return missing();
  }
}

/* Latencies, receipts and processor time of `seconds` of typing. */
export async function measure(target, clients, { rate, seconds, warmup }) {
  const load = new Load(clients, rate);

  load.start();
  await pause(warmup * 1000);
  const pids = target.pids();
  const cpuBefore = cpuMs(pids);
  load.measuring = true;
  await pause(seconds * 1000);
  load.measuring = false;
  const cpu = cpuMs(pids) - cpuBefore;
  load.stop();
  const missing = await load.settle();
  const edits = load.edits.percentiles();
  return { edits, receipts: load.receipts.percentiles(), cpuPerThousand: (cpu * 1000) / edits.n, missing };
}

/* KiB a connection that does nothing. */
export async function idleMemory(target, seats) {
  const before = memoryKb(target.pids());
  const clients = await join(target, seats);
  await pause(3000);
  const after = memoryKb(target.pids());
  clients.forEach((client) => client.close());
  return (after - before) / seats.length;
}

/* Kills the server while people type: how many letters that others saw, or that were answered, it lacks afterwards. */
export async function loss(target, seats, { rate, seconds }) {
  const clients = await join(target, seats);
  const load = new Load(clients, rate);

  load.start();
  /* Longer than a peer waits before it stores: what is lost is what it has not stored since. */
  await pause(1500 * seconds);
  const killed = target.kill();
  load.stop();
  await killed;
  clients.forEach((client) => client.close());
  const has = await whatIsThere(target, seats[0]);
  const promised = load.typists.map(({ id, seen, taken }) => ({ id, letters: Math.max(seen, taken) }));
  return {
    promised: promised.reduce((sum, { letters: n }) => sum + n, 0),
    lost: promised.reduce((sum, { id, letters: n }) => sum + Math.max(0, n - (has.get(id) ?? 0)), 0),
  };
}

/* What the server has, once it no longer gets more: LevelDB is read after the first answer. */
async function whatIsThere(target, seat) {
  const client = await target.join(seat);

  await client.state();
  await pause(2000);
  const has = letters(await client.state());
  client.close();
  return has;
}

/* How many letters of each person an update has. */
function letters(update) {
  const count = new Map();
  readLetters(update, (id, clock) => count.set(id, clock + 1));
  return count;
}
