/*
 * functions.mjs - a request to a function of ours beside the same request to Express + tRPC + zod, PHP-FPM, bare libfcgi and
 * nginx alone: the same work behind the same nginx (functions/nginx.conf), in turns on the same machine.
 *
 * First each as fast as it can: requests a second, and what one costs its processes. Then each at the same rate, half of
 * what Express can: latency. A machine that others use, too, has better and worse moments, longer than a peer's turn: so
 * everybody has several turns, and each figure is the median of them.
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { cpuUs, memoryKb } from "./proc.mjs";
import { goesToZero, measureCold, quantile } from "./functions/cold.mjs";
import { measureOverload } from "./functions/overload.mjs";
import { WORKERS, World } from "./functions/world.mjs";

const run = promisify(execFile);
const CONNECTIONS = 32;
const TURNS = 5;
const EVENT = { room: "AbCdEfGhIjKlMnOpQrStUv", kind: "typed", text: "def solve(numbers):", line: 12, column: 4, labels: ["python", "first"] };

const PEERS = {
  ours: "Viva",
  express: "Express + tRPC + zod",
  php: "PHP-FPM",
  raw: "libfcgi alone",
  bare: "nginx alone",
};

/* What is asked, in each peer's own words. Who has no such thing is left out. */
const WORKS = [
  { name: "empty", peers: ["ours", "express", "php", "raw", "bare"], ask: { path: "/bench/empty", trpc: "empty" } },
  { name: "JSON to Redis", peers: ["ours", "express", "php"], ask: { path: "/bench/events", trpc: "push", method: "POST", body: EVENT } },
  { name: "row of PostgreSQL", peers: ["ours", "express", "php"], ask: { path: "/bench/notes/7", trpc: "note", input: { note: 7 }, signedIn: true } },
];

function request(world, peer, { path, trpc, input, method = "GET", body, signedIn }) {
  const query = input ? `?input=${encodeURIComponent(JSON.stringify(input))}` : "";
  const env = { METHOD: method };
  if (body) env.BODY = JSON.stringify(body);
  if (signedIn) env.TOKEN = world.token;
  return { url: `http://127.0.0.1:${world.ports[peer]}${peer === "express" ? `/trpc/${trpc}${query}` : path}`, env };
}

/* That everybody really does the work, and refuses what is wrong. */
async function check(world, peer, { ask }) {
  const { url, env } = request(world, peer, ask);
  const headers = { ...(env.BODY && { "content-type": "application/json" }), ...(env.TOKEN && { authorization: `Bearer ${env.TOKEN}` }) };
  const reply = await fetch(url, { method: env.METHOD, headers, body: env.BODY });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${peer}: ${url} was answered ${reply.status}: ${text}`);
  const status = peer === "express" ? 200 : ask.body ? 201 : ask.signedIn ? 200 : 204;
  if (reply.status !== status) throw new Error(`${peer}: ${url} was answered ${reply.status}, not ${status}`);
  if (ask.signedIn && !text.includes("Note 7")) throw new Error(`${peer}: not the row: ${text}`);
  if (peer === "bare" || peer === "raw") return;
  const wrong = env.BODY ? { headers, body: JSON.stringify({ ...EVENT, line: -1 }) } : ask.signedIn ? { headers: { authorization: `Bearer ${env.TOKEN.slice(0, -4)}AAAA` } } : null;
  if (!wrong) return;
  const refused = await fetch(url, { method: env.METHOD, ...wrong });
  if (refused.status < 400 || refused.status >= 500) throw new Error(`${peer}: what is wrong was answered ${refused.status}`);
}

async function wrk(world, peer, ask, { seconds, connections = CONNECTIONS, pause }) {
  const { url, env } = request(world, peer, ask);
  const argv = ["-t1", `-c${connections}`, `-d${seconds}s`, "--timeout", "10s", "-s", join(import.meta.dirname, "functions/wrk.lua"), url];
  const { stdout } = await run("wrk", argv, { env: { PATH: process.env.PATH, ...env, ...(pause && { PAUSE: pause }) } });
  const said = JSON.parse(stdout.trim().split("\n").at(-1));
  if (said.failed + said.not_ok > 0) throw new Error(`${peer}: of ${said.requests} requests ${said.failed} failed and ${said.not_ok} were refused`);
  return { rate: (said.requests * 1e6) / said.us, p50: said.p50 / 1000, p99: said.p99 / 1000, n: said.requests };
}

/* Microseconds of processor time so far: of each process of a peer's own, and of nginx, Redis and PostgreSQL. */
function spent(world, peer) {
  const each = (parts) => new Map(parts.flatMap((part) => world.pids(part)).map((pid) => [pid, cpuUs([pid])]));
  return { own: each([peer === "bare" ? "nginx" : peer]), shared: peer === "bare" ? new Map() : each(["nginx", "redis", "postgres"]) };
}

/* What they spent in between. Who has ended meanwhile (another peer's connection to PostgreSQL, say) does not count. */
function between(before, after) {
  return [...after].reduce((sum, [pid, us]) => sum + us - (before.get(pid) ?? 0), 0);
}

async function alone(world, peer, ask, seconds) {
  const before = spent(world, peer);
  const load = await wrk(world, peer, ask, { seconds });
  const after = spent(world, peer);
  const [own, shared] = ["own", "shared"].map((part) => between(before[part], after[part]) / load.n);
  return { ...load, own, all: own + shared, memory: memoryKb([...after.own.keys()]) / 1024 };
}

/*
 * What `measure` finds of each peer in its turns: each figure's median, and how many requests there were. Who has been idle
 * during the others' turns is asked for a second first: workers of ours have left, and Node compiles what is hot.
 */
async function inTurns(world, { peers, ask }, measure) {
  const found = Object.fromEntries(peers.map((peer) => [peer, []]));
  for (let turn = 0; turn < TURNS; turn++)
    for (const peer of peers) {
      await wrk(world, peer, ask, { seconds: 1 });
      found[peer].push(await measure(peer));
    }
  const median = (all, figure) => quantile(all.map((one) => one[figure]), 0.5);
  const of = (all) => ({ ...Object.fromEntries(Object.keys(all[0]).map((figure) => [figure, median(all, figure)])), n: all.reduce((sum, { n }) => sum + n, 0) });
  return Object.fromEntries(peers.map((peer) => [peer, of(found[peer])]));
}

async function measureWork(world, work, seconds, say) {
  const turn = Math.max(2, Math.round(seconds / TURNS));
  for (const peer of work.peers) await check(world, peer, work);
  const fast = await inTurns(world, work, (peer) => alone(world, peer, work.ask, turn));
  for (const peer of work.peers) {
    const { rate, own, all, memory } = fast[peer];
    say(`  ${work.name}, ${PEERS[peer]}: ${rate.toFixed(0)} a second, ${own.toFixed(1)} us CPU each (${all.toFixed(1)} with nginx and stores), ${memory.toFixed(1)} MiB`);
  }
  const rate = fast.express.rate / 2;
  const pause = (2 * CONNECTIONS * 1000) / rate;
  const equal = await inTurns(world, work, (peer) => wrk(world, peer, work.ask, { seconds: turn, connections: 2 * CONNECTIONS, pause }));
  for (const peer of work.peers) {
    const { p50, p99, rate: got } = equal[peer];
    say(`  ${work.name} at ${got.toFixed(0)} a second, ${PEERS[peer]}: ${p50.toFixed(2)} / ${p99.toFixed(2)} ms`);
  }
  return Object.fromEntries(work.peers.map((peer) => [peer, { alone: fast[peer], equal: equal[peer] }]));
}

/* Rows as report.add() takes them, ours beside each peer. */
function rows(work, found) {
  const { ours, ...peers } = found;
  return Object.entries(peers).flatMap(([peer, theirs]) => {
    const row = (what, unit, of, more) => [`${work.name}: ${what}`, unit, of(ours), of(theirs), PEERS[peer], ours.alone.n, more];
    return [
      row("requests a second (more is better)", "1/s", (x) => x.alone.rate, true),
      row("CPU of its processes", "us each", (x) => x.alone.own),
      row("CPU with nginx, Redis, PostgreSQL", "us each", (x) => x.alone.all),
      row("memory of its processes", "MiB", (x) => x.alone.memory),
      row("as fast as it can, p50", "ms", (x) => x.alone.p50),
      row("as fast as it can, p99", "ms", (x) => x.alone.p99),
      row("at half of Express's rate, p50", "ms", (x) => x.equal.p50),
      row("at half of Express's rate, p99", "ms", (x) => x.equal.p99),
    ];
  });
}

/* What the issue asks for, as rows of their own: ours beside the bound. */
function targets(all) {
  const bounds = all.flatMap(([{ name }, { ours, express }]) => [
    [`${name}: CPU of its processes, a quarter of Express's`, "us each", ours.alone.own, express.alone.own / 4],
    [`${name}: memory, a tenth of Express's`, "MiB", ours.alone.memory, express.alone.memory / 10],
    [`${name}: time for a request, a quarter of Express's`, "us each", 1e6 / ours.alone.rate, 1e6 / express.alone.rate / 4],
    [`${name}: p99 at equal load, Express's p50`, "ms", ours.equal.p99, express.equal.p50],
  ]);
  const [, { ours, raw }] = all[0];
  bounds.push(["empty: the runtime's own cost over libfcgi, 5 us", "us each", ours.alone.own - raw.alone.own, 5]);
  return bounds.map(([name, unit, value, bound]) => [name, unit, value, bound, "bound", null]);
}

async function coldStarts(world, count, say) {
  if (!(await goesToZero(world))) {
    say("  cold starts: left out, since no worker of ours ends when it has nothing to do");
    return [];
  }
  const { cold, warm } = await measureCold(world, count);
  const found = [0.5, 0.95].map((part) => quantile(cold, part));
  say(`  from no worker to the first byte: ${found.map((ms) => ms.toFixed(1)).join(" / ")} ms (median, p95 of ${count}); with a worker ${quantile(warm, 0.5).toFixed(1)} ms`);
  return [
    ["cold start with PostgreSQL: first byte, p50", "ms", found[0], 5, "bound", count],
    ["cold start with PostgreSQL: first byte, p95", "ms", found[1], 15, "bound", count],
    ["the same with a worker: first byte, p50", "ms", quantile(warm, 0.5), null, null, count],
  ];
}

async function tooMuch(world, seconds, say) {
  const { capacity, calm, over, recovery, burst } = await measureOverload(world, { workers: WORKERS, seconds });
  const ms = (value) => (value === null ? "-" : `${value.toFixed(1)} ms`);
  say(`  a function that takes 10 ms, ${capacity} a second at most; a quarter of that: p50 ${ms(calm.p50)}, p99 ${ms(calm.p99)}`);
  say(`  ten times as many for ${seconds} s: of ${over.all} accepted ${over.accepted} (p50 ${ms(over.p50)}, p99 ${ms(over.p99)}), refused ${over.refused} ` +
    `(p99 ${ms(over.refusedP99)}), failed or without an answer ${over.other}, not sent ${over.unsent}; as before after ${ms(recovery)}`);
  say(`  from 0 to 1,500 a second: of ${burst.all} accepted ${burst.accepted}, refused ${burst.refused}, other ${burst.other}; p50 ${ms(burst.p50)}, p99 ${ms(burst.p99)}`);
  return [
    ["ten times too much: accepted, p99", "ms", over.p99, 3 * calm.p99, "bound", over.accepted],
    ["ten times too much: refused, p99", "ms", over.refusedP99, null, null, over.refused],
    ["ten times too much: failed or without an answer", "requests", over.other, null, null, over.all],
    ["ten times too much: accepted of what fits (more is better)", "ratio", over.accepted / (capacity * seconds), 1, "bound", over.accepted, true],
    ["ten times too much: as before after", "ms", recovery, 2000, "bound", 1],
    ["from 0 to 1,500 a second: refused or failed", "requests", burst.refused + burst.other + burst.unsent, null, null, burst.all],
    ["from 0 to 1,500 a second: p99", "ms", burst.p99, null, null, burst.all],
  ];
}

/* `parts`: some of work, cold, load. */
export async function measureFunctions(say, { seconds, parts = ["work", "cold", "load"], cold = 50, load = 60 }) {
  const world = new World();
  const found = [];
  try {
    await world.start();
    if (parts.includes("work")) {
      const all = [];
      say(`  ${WORKERS} workers of ours, ${WORKERS} children of PHP-FPM and processes of libfcgi, ${world.nodes} processes of Node; ${CONNECTIONS} connections`);
      for (const work of WORKS) all.push([work, await measureWork(world, work, seconds, say)]);
      found.push(...all.flatMap(([work, measured]) => rows(work, measured)), ...targets(all));
    }
    if (parts.includes("cold")) found.push(...(await coldStarts(world, cold, say)));
    if (parts.includes("load")) found.push(...(await tooMuch(world, load, say)));
  } finally {
    await world.stop();
  }
  return found;
}
