/*
 * cold.mjs - a function that nobody has asked for a while: from no worker to the first byte of the answer at nginx's
 * client, for one that asks PostgreSQL.
 */
import net from "node:net";
import { isWorker } from "../../lib/process.mjs";
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

const workers = (world) => world.pids("ours").filter(isWorker).length;

/* Whether fnd is one that lets workers go; pool.conf says after how long. */
export function goesToZero(world) {
  return waitFor(() => workers(world) === 0, { within: 15_000, every: 100 }).then(() => true, () => false);
}

export async function measureCold(world, count) {
  const head = `GET /bench/notes/7 HTTP/1.1\r\nAuthorization: Bearer ${world.token}`;
  const cold = [];
  const warm = [];

  for (let i = 0; i < count; i++) {
    await waitFor(() => workers(world) === 0, { what: "no worker (pool.conf: min, idle)", every: 100 });
    cold.push(await firstByte(world.ports.ours, head));
    if (workers(world) !== 1) throw new Error(`${workers(world)} workers after a first answer`);
    warm.push(await firstByte(world.ports.ours, head));
  }
  return { cold, warm };
}
