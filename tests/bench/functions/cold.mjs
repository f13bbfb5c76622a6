/*
 * cold.mjs - a function that nobody has asked for a while: from no worker to the first byte of the answer at nginx's
 * client, for one that asks PostgreSQL.
 *
 * That there is no worker is seen by PostgreSQL: each has a connection from its first question to its end.
 */
import net from "node:net";
import { join } from "node:path";
import pg from "pg";
import { waitFor } from "../../lib/wait.mjs";

/* Milliseconds from sending a request on a fresh connection to the first byte of its answer. */
export function firstByte(port, head) {
  return new Promise((done, fail) => {
    const socket = net.connect({ port, host: "127.0.0.1", noDelay: true });
    let began;
    socket.on("connect", () => {
      began = performance.now();
      socket.write(`${head}\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
    });
    socket.once("data", (data) => {
      const took = performance.now() - began;
      const status = Number(data.toString("latin1", 9, 12));
      socket.destroy();
      if (status >= 200 && status < 300) done(took);
      else fail(new Error(`${head.split("\r\n")[0]}: answered ${status}`));
    });
    socket.on("error", fail);
  });
}

export function quantile(values, part) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
}

/* Who asks how many workers there are. */
async function observer(world) {
  const client = new pg.Client({ host: join(world.top, "run"), user: "postgres", database: "viva" });

  await client.connect();
  client.workers = async () => Number((await client.query("SELECT count(*) FROM pg_stat_activity WHERE usename = 'viva_bench'")).rows[0].count);
  return client;
}

/* Whether fnd is one that lets workers go; pool.conf says after how long. */
export async function goesToZero(world) {
  const client = await observer(world);
  try {
    await waitFor(async () => (await client.workers()) === 0, { within: 15_000, every: 100 });
    return true;
  } catch {
    return false;
  } finally {
    await client.end();
  }
}

export async function measureCold(world, count) {
  const client = await observer(world);
  const head = `GET /bench/notes/7 HTTP/1.1\r\nAuthorization: Bearer ${world.token}`;
  const cold = [];
  const warm = [];

  try {
    for (let i = 0; i < count; i++) {
      await waitFor(async () => (await client.workers()) === 0, { what: "no worker (pool.conf: min, idle)", every: 100 });
      cold.push(await firstByte(world.ports.ours, head));
      if ((await client.workers()) === 0) throw new Error("the worker that answered has no connection to PostgreSQL");
      warm.push(await firstByte(world.ports.ours, head));
    }
  } finally {
    await client.end();
  }
  return { cold, warm };
}
