/*
 * bench.mjs - Viva beside its peers, in one run on one machine: a table on the terminal and build/bench.json.
 *
 * Measures the stack at VIVA_URL with its state in VIVA_STATE (bench.mk starts one). Sizes by environment:
 *   BENCH_SECONDS=10     measured for each load, after BENCH_WARMUP=3
 *   BENCH_RATE=5         letters a second that each person types
 *   BENCH_USERS=2,10,30,50   people in one room
 *   BENCH_ROOMS=50,500       rooms of two
 *   BENCH_IDLE=1000      idle connections, two in a room
 *   BENCH_RUNS=50        programs run, for each language
 *   BENCH_COLD=50        cold starts of a function;  BENCH_OVERLOAD=60   seconds of ten times too many requests
 *   BENCH_FUNCTIONS=work,cold,load   some of the part `functions`
 *   BENCH_ONLY=viva,hocuspocus   some targets;  BENCH_PARTS=functions,load,idle,loss,runs,engine   some parts
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join as path, resolve } from "node:path";
import { idleMemory, join, loss, measure } from "./load.mjs";
import { Report } from "./report.mjs";
import { hocuspocus } from "./targets/hocuspocus.mjs";
import { viva } from "./targets/viva.mjs";
import { yWebsocket } from "./targets/y-websocket.mjs";

const build = resolve(import.meta.dirname, "../../build");
const number = (name, otherwise) => Number(process.env[name] ?? otherwise);
const list = (name, otherwise) => (process.env[name] ?? otherwise).split(",").filter(Boolean);

const settings = { seconds: number("BENCH_SECONDS", 10), warmup: number("BENCH_WARMUP", 3), rate: number("BENCH_RATE", 5) };
const parts = list("BENCH_PARTS", "functions,load,idle,loss,runs,engine");
const only = list("BENCH_ONLY", "");
const LOADS = [
  ...list("BENCH_USERS", "2,10,30,50").map((n) => ({ name: `${n} people in a room`, rooms: 1, people: Number(n) })),
  ...list("BENCH_ROOMS", "50,500").map((n) => ({ name: `${n} rooms of two`, rooms: Number(n), people: 2 })),
];
const IDLE = number("BENCH_IDLE", 1000);

const folder = mkdtempSync(path(tmpdir(), "viva-bench-"));
const ours = viva;
const peers = [
  yWebsocket("y-websocket, memory", {}),
  yWebsocket("y-websocket, LevelDB", { YPERSISTENCE: path(folder, "leveldb") }),
  hocuspocus("Hocuspocus, SQLite", folder),
].filter(({ name }) => only.length === 0 || only.some((word) => name.toLowerCase().includes(word)));

const say = (text) => console.log(text);

/* SQLite's module is compiled where nothing prebuilt fits, and a machine may not be able to. */
function lacks(target) {
  if (!target.needs) return false;
  try {
    const Module = createRequire(import.meta.url)(target.needs);
    new Module(":memory:").close();
    return false;
  } catch (error) {
    say(`${target.name}\n  left out: ${target.needs} does not load here: ${error.message.split("\n")[0]}`);
    return true;
  }
}
const ms = (value) => (value === undefined ? "-" : value.toFixed(1));

async function seatsOf(target, { rooms, people }) {
  const seats = [];
  for (const room of await target.rooms(rooms)) seats.push(...(await target.seats(room, people)));
  return seats;
}

async function oneLoad(target, load) {
  const clients = await join(target, await seatsOf(target, load));
  const result = await measure(target, clients, settings);
  clients.forEach((client) => client.close());
  const { edits, receipts, cpuPerThousand, missing } = result;
  say(
    `  ${load.name}: edit ${ms(edits.p50)} / ${ms(edits.p95)} / ${ms(edits.p99)} ms, receipt ${ms(receipts.p50)} / ${ms(receipts.p95)} ms, ` +
      `${cpuPerThousand.toFixed(0)} ms CPU per 1,000 of ${edits.n}${missing ? `, ${missing} NOT SEEN` : ""}`,
  );
  return result;
}

/* Everything about one target, by name of what was measured. */
async function measureTarget(target) {
  const found = { loads: new Map(), idle: null, loss: null };

  say(`${target.name}`);
  await target.start();
  /* First: what a load has touched already would cost an idle connection nothing. */
  if (parts.includes("idle")) {
    found.idle = await idleMemory(target, await seatsOf(target, { rooms: IDLE / 2, people: 2 }));
    say(`  ${found.idle.toFixed(1)} KiB an idle connection`);
  }
  if (parts.includes("load")) for (const load of LOADS) found.loads.set(load.name, await oneLoad(target, load));
  if (parts.includes("loss")) {
    found.loss = await loss(target, await seatsOf(target, { rooms: 1, people: 10 }), settings);
    say(`  kill -9: ${found.loss.lost} of ${found.loss.promised} letters lost that had been seen or answered`);
  }
  await target.stop();
  return found;
}

/* null where a target has no such thing. */
const value = (samples, key) => (samples.n > 0 ? samples[key] : null);

function compare(report, mine, peer, name) {
  for (const [load, our] of mine.loads) {
    const their = peer.loads.get(load);
    for (const p of ["p50", "p95", "p99"]) {
      report.add(`edit ${p}, ${load}`, "ms", value(our.edits, p), value(their.edits, p), name, our.edits.n);
    }
    for (const p of ["p50", "p95"]) {
      report.add(`receipt ${p}, ${load}`, "ms", value(our.receipts, p), value(their.receipts, p), name, our.receipts.n);
    }
    report.add(`CPU per 1,000 deliveries, ${load}`, "ms", our.cpuPerThousand, their.cpuPerThousand, name, our.edits.n);
  }
  if (mine.idle !== null) report.add("memory of an idle connection", "KiB", mine.idle, peer.idle, name, IDLE);
  if (mine.loss !== null) {
    report.add("lost by kill -9 of what was seen or answered", "letters", mine.loss.lost, peer.loss.lost, name, mine.loss.promised);
  }
}

const report = new Report();
try {
  if (parts.includes("functions")) {
    const { measureFunctions } = await import("./functions.mjs"); /* each part needs peers of its own */
    say("functions: the same work on each");
    const sizes = { parts: list("BENCH_FUNCTIONS", "work,cold,load"), cold: number("BENCH_COLD", 50), load: number("BENCH_OVERLOAD", 60) };
    for (const row of await measureFunctions(say, { ...sizes, seconds: Math.min(settings.seconds, 6) })) report.add(...row);
  }
  if (parts.some((part) => !["functions", "runs", "engine"].includes(part))) {
    const mine = await measureTarget(ours);
    for (const peer of peers.filter((target) => !lacks(target))) compare(report, mine, await measureTarget(peer), peer.name);
  }
  if (parts.includes("runs")) {
    const { measureRuns } = await import("./runs.mjs");
    say("runs: submit → first byte of output, → result");
    for (const { name, unit, peer, ours: our, theirs, n } of await measureRuns(number("BENCH_RUNS", 50), settings.seconds, say)) {
      report.add(name, unit, our, theirs, peer, n);
    }
  }
  if (parts.includes("engine")) {
    const { measureEngine } = await import("./engine.mjs");
    say("the document engine");
    mkdirSync(build, { recursive: true });
    for (const row of await measureEngine(say, build)) report.add(...row);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
  report.write(build);
}
say(`\n${report.table()}\n\nbuild/bench.json has ${report.rows.length} rows. A ratio below 1 is in our favour.`);
process.exit(0);
