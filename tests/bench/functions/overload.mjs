/*
 * overload.mjs - more requests than a function can take: who is answered and how late, who is refused, and how long
 * it takes until all is as before.
 *
 * Requests come at their own time, whatever became of those before them (one that finds no idle connection opens another).
 * A latency counts from when its request should have been sent.
 */
import net from "node:net";
import { firstByte, quantile } from "./cold.mjs";

const CONNECTIONS = 8000; /* one more is not opened: it counts as not sent */

class Crowd {
  #idle = [];
  open = 0;
  pending = 0;
  unsent = 0;
  answers = new Map(); /* status, or "hung up" -> milliseconds each */

  constructor(port, path) {
    this.port = port;
    this.head = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`;
  }

  #connect() {
    const socket = net.connect({ port: this.port, host: "127.0.0.1", noDelay: true });
    this.open++;
    socket.on("error", () => {});
    socket.on("close", () => {
      this.open--;
      if (socket.due !== undefined) this.#answered(socket, "hung up");
    });
    /* Answers are small and come whole. */
    socket.on("data", (data) => {
      if (socket.due === undefined) return;
      this.#answered(socket, Number(data.toString("latin1", 9, 12)));
      this.#idle.push(socket);
    });
    return socket;
  }

  #answered(socket, status) {
    if (!this.answers.has(status)) this.answers.set(status, []);
    this.answers.get(status).push(performance.now() - socket.due);
    socket.due = undefined;
    this.pending--;
  }

  ask(due) {
    let socket = this.#idle.pop();
    while (socket?.destroyed) socket = this.#idle.pop();
    if (!socket && this.open >= CONNECTIONS) return void this.unsent++;
    socket ??= this.#connect();
    socket.due = due;
    this.pending++;
    socket.write(this.head);
  }

  close() {
    this.#idle.forEach((socket) => socket.destroy());
  }
}

const pause = (ms) => new Promise((wake) => setTimeout(wake, ms));

/* `rate` requests a second for `seconds`; then until each has its answer, or has waited for half a minute. */
export async function offer(port, path, rate, seconds) {
  const crowd = new Crowd(port, path);
  const began = performance.now();

  for (let sent = 0; ; ) {
    const now = performance.now() - began;
    if (now >= seconds * 1000) break;
    for (; sent < (now * rate) / 1000; sent++) crowd.ask(began + (sent * 1000) / rate);
    await pause(1);
  }
  const ended = performance.now();
  while (crowd.pending > 0 && performance.now() - ended < 30_000) await pause(10);
  crowd.close();
  return { answers: crowd.answers, hung: crowd.pending, unsent: crowd.unsent, ended };
}

/* How long after `ended` five requests in a row are answered as fast as before. */
async function recovery(port, path, usual, ended) {
  for (let good = 0; good < 5; ) {
    const took = await firstByte(port, `GET ${path} HTTP/1.1`).catch(() => Infinity);
    good = took <= 2 * usual ? good + 1 : 0;
    if (performance.now() - ended > 60_000) return Infinity;
  }
  return performance.now() - ended;
}

function summary({ answers, hung, unsent }) {
  const of = (status) => answers.get(status)?.length ?? 0;
  const accepted = [...answers].filter(([status]) => status < 300).flatMap(([, took]) => took);
  const refused = of(503) + of(429);
  const all = [...answers.values()].reduce((sum, { length }) => sum + length, 0);
  const slow = [503, 429].flatMap((status) => answers.get(status) ?? []);
  return {
    all, accepted: accepted.length, refused, other: all - accepted.length - refused + hung, unsent,
    p50: accepted.length ? quantile(accepted, 0.5) : null, p99: accepted.length ? quantile(accepted, 0.99) : null,
    refusedP99: slow.length ? quantile(slow, 0.99) : null,
  };
}

export async function measureOverload(world, { workers, seconds }) {
  const port = world.ports.load;
  const path = "/bench/wait";
  const capacity = workers * 100; /* wait.c: 10 ms each */
  const calm = summary(await offer(port, path, capacity / 4, 10));
  const load = await offer(port, path, 10 * capacity, seconds);
  const back = await recovery(port, path, Math.max(calm.p99, 20), load.ended);
  /* From nothing: what is asked takes no time, and its workers must come first. */
  await pause(5000);
  const burst = await offer(port, "/bench/empty", 1500, 5);
  return { capacity, calm, over: summary(load), recovery: back, burst: summary(burst) };
}
