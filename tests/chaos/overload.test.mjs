/*
 * overload.test.mjs - far more requests than a function can take: each is answered, or told at once when to come back.
 *
 * The function is made slow where it waits for others: a lock on a table holds every worker of `runs` at its query.
 * OVERLOAD (60) seconds of too much.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import http from "node:http";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { connection, sql } from "../lib/database.mjs";
import { ownAddress, send } from "../lib/http.mjs";
import { markLogs, nginxWorkers, watch } from "../lib/stack.mjs";
import { waitFor } from "../lib/wait.mjs";
import { value } from "../observe/page.mjs";
import { running, signal } from "./victims.mjs";

const upstreams = readFileSync(new URL("../../build/gen/nginx/upstreams.conf", import.meta.url), "utf8");
/* What nginx lets wait for `runs` and be worked at together. */
const room = Number(/upstream runs \{\n.*max_conns=(\d+)/.exec(upstreams)[1]) * nginxWorkers().filter((w) => w.startsWith("gateway")).length;
/* Far more than its workers can be at, and more than may wait. */
const MORE = 1000;

/* Holds a table, so that whoever reads it waits, until the function that this resolves to is called. */
async function lock(table) {
  const db = await connection();
  await db.sql(`BEGIN; LOCK TABLE ${table}`);
  return async () => {
    await db.sql("COMMIT");
    await db.close();
  };
}

/* How many workers of `runs` stand before a lock. */
const waiting = () => Number(sql("SELECT count(*) FROM pg_stat_activity WHERE usename = 'viva_runs' AND wait_event_type = 'Lock'")[0][0]);

const ask = (path, agent) => send({ method: "GET", path, agent, address: ownAddress(), within: 120_000 });

/* 503 or 429, as a problem of our own, with the time to wait. */
function toldToWait({ status, headers, raw }) {
  assert.ok([429, 503].includes(status), `${status} ${raw}`);
  assert.match(headers["content-type"], /^application\/problem\+json/);
  assert.ok(Number(headers["retry-after"]) >= 1);
  const problem = JSON.parse(raw);
  assert.equal(problem.status, status);
  assert.match(problem.request, /^[0-9a-f]{32}$/);
}

test("many more requests than fit: none waits in vain, none fails, and then all is as before", { timeout: 300_000 }, async () => {
  const calm = watch();
  const agent = new http.Agent({ keepAlive: true });
  const written = markLogs();
  const release = await lock("language");
  const replies = [];
  const counted = () => value("viva_gateway_refused_total", { status: "503" });
  const before = await counted();
  const calls = Array.from({ length: room + MORE }, async () => replies.push(await ask("/api/languages", agent)));
  try {
    await waitFor(() => replies.length >= MORE, { within: 120_000, what: "an answer to all that do not fit" });
    replies.forEach(toldToWait);
    /* The function is at its lock: it was the gateway who told them, and it has counted each. */
    const busy = replies.filter(({ status }) => status === 503).length;
    assert.ok(busy > 0);
    await waitFor(async () => (await counted()) >= before + busy, { what: `${busy} refusals in the metrics` });
    /* Others go on meanwhile. */
    for (const path of ["/api/openapi.json", "/api/auth/me", "/", "/.well-known/jwks.json"]) assert.ok((await ask(path, agent)).status < 500, path);
  } finally {
    await release();
  }
  const refused = replies.length;
  await Promise.all(calls);
  for (const reply of replies.slice(refused)) if (reply.status !== 200) toldToWait(reply);
  assert.ok(replies.some(({ status }) => status === 200), "those who fitted are served");
  for (let i = 0; i < 50; i++) assert.equal((await ask("/api/languages", agent)).status, 200);
  agent.destroy();
  const lines = written().filter(({ file, line }) => file.includes("gateway") && line.includes('"/api/languages"'));
  assert.ok(lines.length < refused / 10, `${lines.length} lines in the log for ${refused} that were refused`);
  calm();
});

/* As long as `use` takes the table is free for a moment now and then only: that is how much `runs` can do. */
async function narrow(table, use) {
  const db = await connection();
  let over = false;
  const locking = (async () => {
    await db.sql("BEGIN");
    /* \; has psql send them as one, so that only who waited already is let through. */
    while (!over) await db.sql(`COMMIT \\; BEGIN \\; LOCK TABLE ${table} \\; SELECT pg_sleep(2)`);
    await db.sql("COMMIT");
    await db.close();
  })();
  try {
    return await use();
  } finally {
    over = true;
    await locking;
  }
}

const CROWD = 800;
const SECONDS = Number(process.env.OVERLOAD ?? 60);
const PACE = 100; /* ms between an answer and the next question of one client: none of them waits as long as it is told */

test(`ten times more than there is room for, for ${SECONDS} s: each is served or told at once, none is lost, nobody else is refused`, { timeout: 400_000 }, async () => {
  const calm = watch();
  const counts = new Map();
  const strange = [];
  const client = async (until) => {
    const agent = new http.Agent({ keepAlive: true });
    const address = ownAddress();
    while (performance.now() < until) {
      /* Who is given no answer at all in two minutes ends this test. */
      const reply = await send({ method: "GET", path: "/api/languages", agent, address, within: 120_000 });
      counts.set(reply.status, (counts.get(reply.status) ?? 0) + 1);
      if (reply.status !== 200 && strange.length < 100) strange.push(reply);
      await pause(PACE);
    }
    agent.destroy();
  };
  const bystander = async (until) => {
    const agent = new http.Agent({ keepAlive: true });
    let asked = 0;
    for (; performance.now() < until || asked < 10; asked++) {
      for (const path of ["/api/openapi.json", "/.well-known/jwks.json", "/"]) assert.equal((await ask(path, agent)).status, 200, path);
      await pause(PACE);
    }
    agent.destroy();
  };
  await narrow("language", async () => {
    const until = performance.now() + SECONDS * 1000;
    await Promise.all([bystander(until), ...Array.from({ length: CROWD }, () => client(until))]);
  });
  const all = [...counts.values()].reduce((a, b) => a + b, 0);
  const said = JSON.stringify([...counts]);
  assert.deepEqual([...counts.keys()].filter((status) => ![200, 429, 503].includes(status)), [], said);
  strange.forEach(toldToWait);
  assert.ok(counts.get(200) > 0 && all >= 10 * counts.get(200), `not ten times too much: ${said}`);
  const agent = new http.Agent({ keepAlive: true });
  for (let i = 0; i < 50; i++) assert.equal((await ask("/api/languages", agent)).status, 200, "afterwards");
  agent.destroy();
  calm();
});

test("from none to 1,500 requests a second, and no worker yet: each is served or told when to come back", { timeout: 300_000 }, async () => {
  signal(running("fnd"), "SIGHUP"); /* new zygotes, and so no workers */
  const agents = Array.from({ length: 16 }, () => new http.Agent({ keepAlive: true, maxSockets: 128 }));
  const calls = [];
  for (let i = 0; i < 1500; i++) {
    calls.push(ask("/api/languages", agents[i % agents.length]));
    if (i % 15 === 14) await pause(10);
  }
  const replies = await Promise.all(calls);
  for (const agent of agents) agent.destroy();
  for (const reply of replies) if (reply.status !== 200) toldToWait(reply);
  assert.ok(replies.some(({ status }) => status === 200));
});

test("whoever asked a worker that is killed is told to come back, and not how it ended", { timeout: 300_000 }, async () => {
  const agent = new http.Agent({ keepAlive: true });
  const release = await lock("language");
  const calls = Promise.all(Array.from({ length: 5 }, () => ask("/api/languages", agent)));
  try {
    await waitFor(() => waiting() > 0, { what: "a worker before the lock" });
    signal(running("runs"), "SIGKILL");
  } finally {
    await release();
  }
  const replies = await calls;
  agent.destroy();
  for (const reply of replies) if (reply.status !== 200) toldToWait(reply);
  assert.ok(replies.some(({ status }) => status === 503), "who was being served was told");
  await waitFor(async () => (await ask("/api/languages")).status === 200, { what: "workers again" });
});
