/*
 * runner.mjs - what the measurements of runs share: people with a room, the engine, what the runner tells of itself.
 */
import { existsSync } from "node:fs";
import http from "node:http";
import { join, resolve } from "node:path";
import { api } from "../lib/api.mjs";

const state = resolve(import.meta.dirname, "../..", process.env.VIVA_STATE);
const ownEngine = join(state, "run/docker.sock");

export const engineSocket = existsSync(ownEngine) ? ownEngine : "/var/run/docker.sock";
export const dockerEnv = { ...process.env, DOCKER_HOST: `unix://${engineSocket}` };

const ENDED = /^(ok|.*_error|.*_limit|cancelled|runner_lost)$/;

/* Whether an event of a room tells the end of this run. */
export const ended = (event, id) => event.type === "run" && event.run.id === id && ENDED.test(event.run.status);

/* A person may run 60 programs a minute: after some it is somebody else's turn. */
export async function place(language) {
  const ann = await api.signup();
  const room = await api.room(ann, { language });
  return { ann, room, events: await ann.socket(`${room.ws}/events`), runs: 0 };
}

/* One request over a unix socket: its body, or an error with what was answered. */
export function ask(socketPath, method, path, body) {
  const text = body === undefined ? "" : JSON.stringify(body);
  return new Promise((done, fail) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
    const request = http.request({ socketPath, method, path, headers }, (reply) => {
      let said = "";
      reply.setEncoding("utf8").on("data", (d) => (said += d));
      reply.on("end", () => (reply.statusCode < 300 ? done(said) : fail(new Error(`${method} ${path}: ${reply.statusCode} ${said}`))));
    });
    request.on("error", fail).end(text);
  });
}

/* Seconds that compile steps of a language took so far, and how many there were: {cache: {sum, n}, compiler: {sum, n}}. */
export async function compileTimes(language) {
  const text = await ask(join(state, "run/metrics.sock"), "GET", "/metrics");
  const value = (what, from) =>
    Number(new RegExp(`^viva_compile_seconds_${what}\\{language="${language}",from="${from}"\\} (.*)$`, "m").exec(text)?.[1] ?? 0);
  const of = (from) => ({ sum: value("sum", from), n: value("count", from) });
  return { cache: of("cache"), compiler: of("compiler") };
}
