/*
 * metrics.test.mjs - the page of metrics: true, whole, bounded, and nobody's outside of the machine.
 */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { api, patiently, Person, waitFor } from "../lib/api.mjs";
import { operations } from "../lib/contract.mjs";
import { base } from "../lib/http.mjs";
import { state } from "../lib/stack.mjs";
import { freePort, page, port, samples, value } from "./page.mjs";

test("promtool finds nothing to complain of", async () => {
  const run = spawnSync("promtool", ["check", "metrics"], { input: await page(), encoding: "utf8" });
  assert.equal(run.error, undefined, "promtool is missing: infra/machine/packages lists it");
  assert.deepEqual([run.status, run.stdout, run.stderr], [0, "", ""]);
});

test("every part answers, and every function is there", async () => {
  const now = await waitFor(async () => {
    const found = samples(await page());
    return found.get("viva_up").every((s) => s.value === 1) && found;
  }, { what: "all parts to answer" });
  assert.deepEqual(
    now.get("viva_up").map((s) => s.labels.part).sort(),
    ["disk", "functions", "gateway", "postgres", "realtime", "redis", "runner", "signals"],
  );
  const functions = [...new Set(now.get("viva_function_requests_total").map((s) => s.labels.function))];
  for (const name of ["auth", "docs", "rooms", "runs", "signal", "system", "terminal"]) assert.ok(functions.includes(name), name);
  for (const name of functions) {
    const of = (metric) => now.get(metric).filter((s) => s.labels.function === name);
    assert.equal(of("viva_function_requests_total").length, 5);
    assert.equal(of("viva_function_request_seconds_bucket").length, of("viva_function_queue_seconds_bucket").length);
    assert.deepEqual(of("viva_function_workers").map((s) => s.labels.state), ["starting", "idle", "busy", "leaving"]);
  }
  for (const name of ["viva_queue_waiting", "viva_gateway_requests_total", "viva_realtime_subscribers", "viva_redis_append_ok", "viva_redis_memory_max_bytes", "viva_disk_free_bytes"]) {
    assert.equal(now.get(name)?.length, 1, name);
  }
});

test("a request is counted where it was answered, with its time, its wait and its worker", async () => {
  const me = { function: "auth" };
  const numbers = async () => [
    await value("viva_function_requests_total", { ...me, status: "4xx" }),
    await value("viva_function_request_seconds_count", me),
    await value("viva_function_queue_seconds_count", me),
    await value("viva_gateway_requests_total"),
  ];
  const before = await numbers();
  for (let i = 0; i < 5; i++) assert.equal((await patiently(() => api.anyone().get("/api/me"))).status, 401);
  await waitFor(async () => (await numbers()).every((n, i) => n >= before[i] + 5), { what: "five more of each" });
  assert.ok((await value("viva_function_workers_started_total", me)) >= 1);
});

test("each operation of api.yaml is counted by itself, and a function by their sum", async () => {
  const me = { function: "auth", operation: "auth_me" };
  const numbers = async () => [
    await value("viva_operation_requests_total", { ...me, status: "4xx" }),
    await value("viva_operation_request_seconds_count", me),
    await value("viva_operation_requests_total", { ...me, operation: "other", status: "4xx" }),
  ];
  /* Others are at work on the same stack: it is tried until nobody else has asked meanwhile. */
  await waitFor(async () => {
    const before = await numbers();
    for (let i = 0; i < 5; i++) assert.equal((await api.anyone().get("/api/me")).status, 401);
    await waitFor(async () => (await numbers())[1] >= before[1] + 5, { what: "five more" });
    return assert.deepEqual((await numbers()).map((n, i) => n - before[i]), [5, 5, 0]) ?? true;
  }, { within: 180_000, every: 500, what: "five more of the one operation, and none of others" });

  const { paths } = await (await fetch(`${base}/api/openapi.json`)).json();
  const ids = Object.values(paths).flatMap((path) => Object.values(path)).map((op) => op.operationId).filter(Boolean);
  const counted = new Set(samples(await page()).get("viva_operation_requests_total").map((s) => s.labels.operation));
  assert.ok(ids.length > 40);
  for (const id of ids) assert.ok(counted.has(id), id);
  await waitFor(async () => {
    const now = samples(await page());
    const sum = (name) => now.get(name).filter((s) => s.labels.function === "auth").reduce((n, s) => n + s.value, 0);
    return sum("viva_operation_requests_total") === sum("viva_function_requests_total");
  }, { what: "a page between two requests to have the same sum" });
});

test("what the gateway refuses by itself is counted", async () => {
  const limited = operations.find((op) => op.limit && op.who === "public");
  const caller = new Person();
  const before = await value("viva_gateway_refused_total", { status: "429" });
  let refused = 0;
  for (let tries = 0; refused < 50; tries++) {
    assert.ok(tries < 200, `${limited.id} can be called without end`);
    const replies = await Promise.all(Array.from({ length: 16 }, () => caller.request(limited.method, limited.path, {})));
    refused += replies.filter((res) => res.status === 429).length;
  }
  await waitFor(async () => (await value("viva_gateway_refused_total", { status: "429" })) >= before + refused, { what: `${refused} more` });
});

test("the gateway's counters stay as long as they are and take no room", async () => {
  const run = mkdtempSync(join(tmpdir(), "viva-refused-"));
  const files = ["429", "503"].map((name) => join(run, "refused", name));
  mkdirSync(join(run, "refused"));
  for (const file of files) writeFileSync(file, "\n".repeat(100_001));
  const child = spawn(resolve(import.meta.dirname, "../..", process.env.VIVA_BUILD ?? "build", "bin/metrics"), [], {
    env: { VIVA_RUN: run, VIVA_METRICS_PORT: String(await freePort()) }, stdio: ["ignore", "ignore", "inherit"],
  });
  const gone = once(child, "exit");
  try {
    await waitFor(() => files.every((file) => statSync(file).blocks <= 8), { what: "the room to be given back" });
    appendFileSync(files[0], "\n");
    assert.deepEqual(files.map((file) => statSync(file).size), [100_002, 100_001]);
  } finally {
    child.kill("SIGKILL");
    await gone;
    rmSync(run, { recursive: true });
  }
});

/* Local addresses of sockets that listen on this port, as the kernel writes them. */
const listening = (file) =>
  readFileSync(file, "utf8").split("\n").map((line) => line.trim().split(/\s+/)).filter((f) => f[3] === "0A")
    .map((f) => f[1].split(":")).filter(([, p]) => parseInt(p, 16) === port).map(([address]) => address);

test("nobody from outside reaches it", async () => {
  assert.deepEqual([...listening("/proc/net/tcp"), ...listening("/proc/net/tcp6")], ["0100007F"], "127.0.0.1 and nothing else");
  for (const path of ["/metrics", "/status", "/api/metrics", "/api/system/metrics", "/internal/metrics"]) {
    const text = await (await fetch(base + path)).text();
    assert.doesNotMatch(text, /viva_function|Active connections/, path);
  }
  assert.equal(statSync(join(state, "run")).mode & 0o007, 0, "sockets are for the group viva");
  assert.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 404);
});

test("the number of series is bounded by what there is, not by what people send", async () => {
  /* Without languages, of which somebody's run may just bring one, with all its times. */
  const count = async () => [...samples(await page()).values()].flat().filter((s) => s.labels.language === undefined).length;
  const before = await count();
  for (let i = 0; i < 30; i++) await fetch(`${base}/api/rooms/${"y".repeat(10 + i)}?x=${i}`, { method: i % 2 ? "PUT" : "GET" });
  assert.ok((await count()) - before < 40, "new series only for connections and states");
});

test("a part that is away is said to be, and takes no other with it", async () => {
  const own = await freePort();
  const run = join(state, "run");
  const child = spawn(resolve(import.meta.dirname, "../..", process.env.VIVA_BUILD ?? "build", "bin/metrics"), [], {
    env: { VIVA_RUN: run, VIVA_METRICS_PORT: String(own), VIVA_PG: "host=/nowhere dbname=viva", VIVA_REDIS: "/nowhere/redis.sock" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (data) => (said += data));
  const gone = once(child, "exit");
  try {
    const wanted = { functions: 1, gateway: 1, realtime: 1, signals: 1, redis: 0, postgres: 0, runner: 1, disk: 1 };
    const { text, found } = await waitFor(async () => {
      const text = await page(own);
      const found = samples(text);
      assert.deepEqual(Object.fromEntries(found.get("viva_up").map((s) => [s.labels.part, s.value])), wanted);
      return { text, found };
    }, { what: "a second page of metrics, on which the others are up" });
    assert.ok(found.has("viva_queue_waiting") && !found.has("viva_redis_clients") && !found.has("viva_postgres_size_bytes"));
    assert.equal(spawnSync("promtool", ["check", "metrics"], { input: text, encoding: "utf8" }).stdout, "");
    await page(own);
    await waitFor(() => said.includes("postgres does not answer"), { what: "its line" });
    assert.equal(said.split("postgres does not answer").length, 2, `it is logged once: ${said}`);
  } finally {
    child.kill("SIGKILL");
    await gone;
  }
});
