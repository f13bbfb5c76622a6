/*
 * first.test.mjs - from no worker to the first answer: PostgreSQL begins its part before there is a worker, for who will
 * need it, and for nobody else; and who needs no database never waits for one.
 */
import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { ask } from "../lib/fastcgi.mjs";
import { Services } from "../lib/services.mjs";
import { waitFor } from "../lib/wait.mjs";
import { isWorker, of, OPENAPI } from "./world.mjs";

const services = new Services(resolve(import.meta.dirname, "../.."));
const backends = () => Number(services.sql("SELECT count(*) FROM pg_stat_activity WHERE usename = 'viva_system'")[0][0]);
const workers = () => of(services.fnd.pid, `task/${services.fnd.pid}/children`).split(" ").filter((pid) => pid && isWorker(pid));
const connections = () => services.postgres.said.match(/connection authorized: user=viva_system/g)?.length ?? 0;
const asked = (path) => ask(services.socket("system"), { ...OPENAPI, REQUEST_URI: path });
/* One that asks PostgreSQL, and whether that answered; and one that asks nobody. */
const asksDatabase = async () => JSON.parse((await asked("/api/health")).body).parts.find(({ name }) => name === "postgres").ok;
const asksNobody = async () => (await asked("/api/openapi.json")).status === 200;

async function nobodyIsLeft() {
  await waitFor(() => workers().length === 0, { what: "no worker" });
  await waitFor(() => backends() === 0, { what: "no connection" });
}

before(async () => {
  services.settings = ["log_connections=on"];
  await services.start();
  writeFileSync(join(services.top, "fn/system.conf"), "max 1\nidle 1\n");
  chmodSync(join(services.top, "fn/system.conf"), 0o644);
  await services.startFunctions("system");
  await waitFor(() => connections() > 0, { what: "the program itself has tried its SQL" });
});
after(() => services.stop());

test("who asks first says whether the next worker will have a connection; one that is not needed is given up", async () => {
  assert.ok(await asksNobody());
  await nobodyIsLeft();
  const before = connections();
  assert.ok(await asksNobody());
  assert.ok(await asksDatabase());
  await nobodyIsLeft();
  assert.ok(await asksDatabase(), "begins, so the next one has one begun");
  await nobodyIsLeft();
  assert.equal(connections(), before + 2, "each worker has had one connection");
  assert.ok(await asksNobody());
  await waitFor(() => connections() === before + 3, { what: "the connection that was begun in vain" });
  await waitFor(() => backends() === 0, { what: "it is given up" });
  await nobodyIsLeft();
  assert.ok(await asksNobody());
  await nobodyIsLeft();
  assert.equal(connections(), before + 3, "not begun again");
});

test("a worker that is killed while its connection is on the way leaves none behind", async () => {
  await asksDatabase();
  await nobodyIsLeft();
  const dead = asked("/api/health").catch(() => null);
  const [pid] = await waitFor(() => workers().length > 0 && workers(), { every: 1 });
  process.kill(pid, "SIGKILL");
  await dead;
  assert.ok(await asksDatabase());
  await nobodyIsLeft();
});

test("PostgreSQL that is frozen is waited for by who needs it, and by nobody else", async () => {
  await asksDatabase();
  await nobodyIsLeft();
  services.postgres.kill("SIGSTOP");
  try {
    for (let i = 0; i < 2; i++) {
      assert.ok(await asksNobody());	/* of its first worker, PostgreSQL has not heard */
      await waitFor(() => workers().length === 0, { what: "no worker" });
    }
    assert.equal(await asksDatabase(), false, "in vain");
  } finally {
    services.postgres.kill("SIGCONT");
  }
  await waitFor(asksDatabase, { what: "it is well again", every: 1000 });
  await nobodyIsLeft();
});

test("what was begun with a PostgreSQL that dies is begun anew with the next", async () => {
  await asksDatabase();
  await nobodyIsLeft();
  services.postgres.kill("SIGQUIT");
  await services.postgres.gone;
  assert.ok(await asksNobody());
  assert.equal(await asksDatabase(), false);
  services.runPostgres();
  await waitFor(asksDatabase, { what: "it is back", every: 1000 });
  await nobodyIsLeft();
});
