/*
 * first.test.mjs - from no worker to the first answer: a connection to PostgreSQL is open before there is a worker, for who
 * will need it, and for nobody else; and who needs no database never waits for one.
 */
import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { ask } from "../lib/fastcgi.mjs";
import { isWorker, of } from "../lib/process.mjs";
import { Services } from "../lib/services.mjs";
import { waitFor } from "../lib/wait.mjs";
import { OPENAPI } from "./world.mjs";

const STATEMENTS = ["alive", "member_get", "message_send"]; /* of functions/system, and of all */
const services = new Services(resolve(import.meta.dirname, "../.."));
/* Process ids of PostgreSQL's, the oldest first. */
const backends = () => services.sql("SELECT pid FROM pg_stat_activity WHERE usename = 'viva_system' ORDER BY backend_start").map(([pid]) => pid);
const workers = () => of(services.fnd.pid, `task/${services.fnd.pid}/children`).split(" ").filter((pid) => pid && isWorker(pid));
/* What PostgreSQL logs of us: connections, and which of its processes have answered a worker. A kept one was asked to prepare only. */
const said = (pattern) => [...services.postgres.said.matchAll(pattern)];
const connections = () => said(/connection authorized: user=viva_system/g).length;
const answered = () => said(/^viva_system (\d+) LOG: {2}execute /gm).map(([, pid]) => pid);
const asked = (path) => ask(services.socket("system"), { ...OPENAPI, REQUEST_URI: path });
/* One that asks PostgreSQL, and whether that answered; and one that asks nobody. */
const asksDatabase = async () => JSON.parse((await asked("/api/health")).body).parts.find(({ name }) => name === "postgres").ok;
const asksNobody = async () => (await asked("/api/openapi.json")).status === 200;

const backendsOf = (postmaster) => of(postmaster, `task/${postmaster}/children`).split(" ").filter((pid) => of(pid, "cmdline").includes("viva_system"));
const nobodyIsLeft = () => waitFor(() => workers().length === 0, { what: "no worker" });

/* What was logged by now is read: the poll before an immediate may have been begun before. */
async function heard() {
  for (let i = 0; i < 2; i++) await setImmediate();
}

/* No worker, and the connection that is kept for the next: its process. That of a worker that has just left may still be there. */
async function oneIsKept() {
  await nobodyIsLeft();
  const kept = await waitFor(() => {
    const [one, ...more] = backends();
    return more.length === 0 && !answered().includes(one) && one;
  }, { what: "one connection, for the next worker" });
  await heard();
  return kept;
}

async function noneIsKept() {
  await nobodyIsLeft();
  await waitFor(() => backends().length === 0, { what: "no connection" });
  await heard();
}

/* Who answered that worker: looked up in the log, since the worker may have left, and its connection with it. */
const isAnsweredBy = (pid) => waitFor(() => answered().at(-1) === pid, { what: `the answer of ${pid}` });

before(async () => {
  services.settings = ["log_connections=on", "log_statement=all", "log_line_prefix=%u %p "];
  await services.start();
  writeFileSync(join(services.top, "fn/system.conf"), "max 1\nidle 1\n");
  chmodSync(join(services.top, "fn/system.conf"), 0o644);
  await services.startFunctions("system");
  await waitFor(() => connections() > 0, { what: "the program itself has tried its SQL" });
});
after(() => services.stop());

test("the connection by which a program tried its SQL is that of its first worker", async () => {
  const kept = await oneIsKept();
  const before = connections();
  assert.ok(await asksDatabase());
  await isAnsweredBy(kept);
  assert.notEqual(await oneIsKept(), kept, "the next worker has another");
  assert.equal(connections(), before + 1);
});

test("on the one that is kept every statement has been prepared and planned, with nothing for PostgreSQL to complain of", async () => {
  const kept = await oneIsKept();
  const planned = () => said(/^viva_system (\d+) LOG: {2}statement: .*EXPLAIN EXECUTE (\w+)/gm).filter(([, pid]) => pid === kept).map(([, , name]) => name);
  await waitFor(() => STATEMENTS.every((name) => planned().includes(name)), { what: `${STATEMENTS} to be planned` });
  assert.ok(await asksDatabase());
  await isAnsweredBy(kept);
  assert.doesNotMatch(services.postgres.said, /^viva_system \d+ (WARNING|ERROR|FATAL)/m);
});

test("who asks first says whether one is kept for the next worker; one that is not needed is given up", async () => {
  await oneIsKept();
  /* Where a worker's start takes longer than RESTOCK_MS of zygote.c, another is opened first: then the next one tells. */
  await waitFor(async () => {
    assert.ok(await asksNobody());
    await nobodyIsLeft();
    return backends().length === 0;
  }, { what: "no connection" });
  await heard();
  const before = connections();
  assert.ok(await asksNobody());
  await noneIsKept();
  assert.equal(connections(), before, "none was opened");
  assert.ok(await asksDatabase(), "opens one, so the next is kept");
  const kept = await oneIsKept();
  assert.ok(await asksDatabase());
  await isAnsweredBy(kept);
  await oneIsKept();
  assert.equal(connections(), before + 3);
});

test("a kept connection that PostgreSQL ends is no loss, and there is another soon", async () => {
  const kept = await oneIsKept();
  services.sql(`SELECT pg_terminate_backend(${kept}, 5000)`);
  assert.ok(await asksDatabase());
  const next = await oneIsKept();
  services.sql(`SELECT pg_terminate_backend(${next}, 5000)`);
  await waitFor(() => backends().length === 1 && backends()[0] !== next, { what: "another, without anybody asking", within: 20_000 });
});

test("a worker that is killed with the connection that was kept for it leaves none behind", async () => {
  const kept = await oneIsKept();
  const dead = asked("/api/health").catch(() => null);
  const [pid] = await waitFor(() => workers().length > 0 && workers(), { every: 1 });
  process.kill(pid, "SIGKILL");
  await dead;
  await waitFor(() => !backends().includes(kept), { what: "its connection has ended with it" });
  assert.ok(await asksDatabase());
  await oneIsKept();
});

test("PostgreSQL that is frozen is waited for by who needs it, and by nobody else", async () => {
  await oneIsKept();
  services.postgres.kill("SIGSTOP");
  const kept = backendsOf(services.postgres.pid);
  kept.forEach((pid) => process.kill(pid, "SIGSTOP"));
  try {
    for (let i = 0; i < 2; i++) {
      assert.ok(await asksNobody());	/* of its first worker, PostgreSQL has not heard */
      await nobodyIsLeft();
    }
    assert.equal(await asksDatabase(), false, "in vain");
  } finally {
    kept.forEach((pid) => process.kill(pid, "SIGCONT"));
    services.postgres.kill("SIGCONT");
  }
  await waitFor(asksDatabase, { what: "it is well again", every: 1000 });
  await oneIsKept();
});

test("a connection that is lost with PostgreSQL is opened anew with the next, by the first who needs it", async () => {
  await oneIsKept();
  services.postgres.kill("SIGQUIT");
  await services.postgres.gone;
  assert.ok(await asksNobody());
  assert.equal(await asksDatabase(), false);
  services.runPostgres();
  await waitFor(asksDatabase, { what: "it is back", every: 1000 });
  await nobodyIsLeft();
  assert.ok(await asksDatabase(), "a worker's first request");
  await oneIsKept();
});
