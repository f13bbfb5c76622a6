/*
 * overload.test.mjs - far more requests than a function can take: each is answered, or told at once when to come back.
 *
 * The function is made slow where it waits for others: a lock on a table holds every worker of `runs` at its query.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import http from "node:http";
import { after, test } from "node:test";
import { inside } from "../lib/database.mjs";
import { ownAddress, send } from "../lib/http.mjs";
import { markLogs, nginxWorkers, watch } from "../lib/stack.mjs";
import { waitFor } from "../lib/wait.mjs";

const upstreams = readFileSync(new URL("../../build/gen/nginx/upstreams.conf", import.meta.url), "utf8");
const calm = watch();
after(() => calm());

/* What nginx lets wait for `runs` and be worked at together. */
const room = Number(/upstream runs \{\n.*max_conns=(\d+)/.exec(upstreams)[1]) * nginxWorkers().filter((w) => w.startsWith("gateway")).length;
const TIMES = 10;

/* Holds `table` until the function that this resolves to is called. */
async function lock(table) {
  const psql = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--groups", "viva", "psql", "-X", "-q", "-At", "-h", "/run/viva/state/run/pg", "-U", "postgres", "-d", "viva"];
  const [command, ...args] = [...inside(), ...psql];
  const child = spawn(command, args, { cwd: "/", stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.write(`BEGIN; LOCK TABLE ${table}; SELECT 'held';\n`);
  const [said] = await once(child.stdout, "data");
  assert.match(String(said), /held/);
  return async () => {
    child.stdin.end("COMMIT;\n");
    await once(child, "exit");
  };
}

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

test("ten times as many requests as fit: none waits in vain, none fails, and then all is as before", { timeout: 300_000 }, async () => {
  const agent = new http.Agent({ keepAlive: true });
  const written = markLogs();
  const release = await lock("language");
  const replies = [];
  const calls = Array.from({ length: TIMES * room }, async () => replies.push(await ask("/api/languages", agent)));
  try {
    await waitFor(() => replies.length >= (TIMES - 1) * room, { within: 120_000, what: "an answer to all that do not fit" });
    replies.forEach(toldToWait);
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
});
