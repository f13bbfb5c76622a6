/*
 * metrics.test.mjs - what the runner tells of itself, read as strictly as Prometheus' own tools read it.
 */
import assert from "node:assert/strict";
import http from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { waitFor } from "../lib/api.mjs";
import { state } from "../lib/stack.mjs";
import { python } from "./sandbox.mjs";

const get = (path) =>
  new Promise((done, fail) => {
    http
      .get({ socketPath: join(state, "run/metrics.sock"), path }, (reply) => {
        let text = "";
        reply.setEncoding("utf8").on("data", (d) => (text += d)).on("end", () => done({ status: reply.statusCode, type: reply.headers["content-type"], text }));
      })
      .on("error", fail);
  });

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*",?)+)\})? (NaN|[+-]Inf|-?\d+(?:\.\d+)?(?:e[+-]\d+)?)$/;

/* The name of the family that a sample belongs to. */
const familyOf = (name, families) => {
  const base = name.replace(/_(bucket|sum|count)$/, "");
  return families.get(base)?.type === "histogram" ? base : name;
};

function sample(line, families, last) {
  const [, name, labels = "", value] = SAMPLE.exec(line) ?? assert.fail(`no sample: ${line}`);
  const family = familyOf(name, families);
  assert.equal(family, last, `${line}: a family's samples stand together, after HELP and TYPE`);
  const { samples } = families.get(family);
  assert.ok(!samples.has(`${name}{${labels}}`), `${line}: there twice`);
  samples.set(`${name}{${labels}}`, Number(value));
}

/* name -> {type, help, samples: Map}. */
export function parse(text) {
  const families = new Map();
  let last;
  assert.ok(text.endsWith("\n"));
  for (const line of text.split("\n").slice(0, -1)) {
    const [, what, name, rest] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (what === "HELP") {
      assert.match(name, NAME);
      assert.ok(!families.has(name), `${name} is there twice`);
      families.set(name, { help: rest, samples: new Map() });
      last = name;
    } else if (what === "TYPE") {
      assert.equal(name, last);
      assert.match(rest, /^(counter|gauge|histogram)$/);
      families.get(name).type = rest;
    } else sample(line, families, last);
  }
  return families;
}

/* What `promtool check metrics` complains of, and that histograms add up. */
function check([name, { type, help, samples }]) {
  assert.ok(help.length > 5, `${name} says what it is`);
  assert.equal(type === "counter", name.endsWith("_total"), `${name}: counters end in _total, and nothing else does`);
  assert.doesNotMatch(name, /_(ms|milliseconds|kb|counter|gauge|histogram)$/, "base units, and no type in the name");
  if (type !== "histogram") return;
  assert.match(name, /_(seconds|bytes)$/);
  const series = new Map();
  for (const [key, value] of samples) {
    if (!key.startsWith(`${name}_bucket`)) continue;
    const labels = key.replace(/,?le="([^"]+)"/, "").replace("_bucket", "_count").replace("{}", "");
    series.set(labels, [...(series.get(labels) ?? []), value]);
  }
  for (const [labels, buckets] of series) {
    assert.deepEqual(buckets, buckets.toSorted((a, b) => a - b), `${labels}: buckets grow`);
    const count = samples.get(labels) ?? samples.get(`${labels}{}`);
    assert.equal(count, buckets.at(-1), `${labels}: +Inf holds all`);
  }
}

test("metrics are what Prometheus reads, and nothing else is served there", async () => {
  const { status, type, text } = await get("/metrics");
  assert.deepEqual([status, type], [200, "text/plain; version=0.0.4"]);
  const families = parse(text);
  for (const family of families) check(family);
  for (const name of ["viva_slots", "viva_engine_up", "viva_queue_waiting", "viva_queue_oldest_seconds", "viva_queue_dead", "viva_pool_warm", "viva_pool_target"]) {
    assert.ok(families.has(name), name);
  }
  assert.equal((await get("/")).status, 404);
});

test("a run is counted by language and ending, with its time", async () => {
  const value = async (name, labels = "") => parse((await get("/metrics")).text).get(name.replace(/_count$/, ""))?.samples.get(name + labels) ?? 0;
  const count = () => value("viva_runs_total", '{language="python",status="runtime_error"}');
  const times = () => value("viva_run_seconds_count", '{language="python"}');
  const [before, timed] = [await count(), await times()];
  assert.equal((await python("raise SystemExit(3)")).exit_code, 3);
  await waitFor(async () => (await count()) > before && (await times()) > timed, { within: 10_000, what: "it to be counted" });
  assert.ok((await value("viva_first_byte_seconds_count", '{language="python"}')) >= 0);
});
