/*
 * alerts.test.mjs - infra/observe/alerts.yml by `promtool test rules`: for each rule numbers that must wake somebody,
 * and numbers almost as bad that must not. A rule without a case here fails the test.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";

const rules = join(import.meta.dirname, "../../infra/observe/alerts.yml");
const { groups } = parse(readFileSync(rules, "utf8"));
const alerts = groups.flatMap((group) => group.rules);

const at = 'instance="a:1",job="viva"';
const docs = `${at},function="docs"`;
const gauge = (name, value, labels = at) => ({ series: `${name}{${labels}}`, values: `${value}x1000` });
const rising = (name, by, labels = at) => ({ series: `${name}{${labels}}`, values: `0+${by}x1000` });
const errors = (bad, good) => [
  rising("viva_function_requests_total", bad, `${docs},status="5xx"`),
  rising("viva_function_requests_total", good, `${docs},status="2xx"`),
];
const one = `${docs},operation="docs_file"`;
const operation = (bad, good) => [
  rising("viva_operation_requests_total", bad, `${one},status="5xx"`),
  rising("viva_operation_requests_total", good, `${one},status="2xx"`),
];
/* A histogram in which all take less than `le`, and none less than the bound before. */
const times = (name, le) => ["0.001", "0.1", "0.25", "1", "2.5", "5", "+Inf"].map((bound) =>
  rising(`${name}_bucket`, bound === "+Inf" || Number(bound) >= le ? 15 : 0, `${docs},le="${bound}"`));
const workers = (busy, max) => [gauge("viva_function_workers", busy, `${docs},state="busy"`), gauge("viva_function_workers", 1, `${docs},state="idle"`), gauge("viva_function_workers_max", max, docs)];
/* All comes at once, early enough to have lasted and late enough to be within the rule's time. */
const burst = (name, n, labels, when) => ({ series: `${name}{${labels}}`, values: `0x${when} ${n}x1000` });
const disk = (free, size = 100e9) => [gauge("viva_disk_free_bytes", free), gauge("viva_disk_size_bytes", size)];
const connections = (n) => [gauge("viva_postgres_connections", n - 1, `${at},role="viva_docs"`), gauge("viva_postgres_connections", 1, `${at},role="viva_auth"`), gauge("viva_postgres_connections_max", 200)];

/* alert: [wakes somebody, does not, after minutes (20)] */
const cases = {
  VivaDown: [[gauge("up", 0)], [gauge("up", 1)]],
  VivaPartDown: [[gauge("viva_up", 0, `${at},part="redis"`)], [gauge("viva_up", 1, `${at},part="redis"`)]],
  VivaFunctionErrors: [errors(3, 60), errors(3, 600)],
  VivaOperationFails: [
    [...operation(1, 2), rising("viva_operation_requests_total", 500, `${docs},operation="docs_update",status="2xx"`)],
    [...operation(1, 9), rising("viva_operation_requests_total", 1, `${docs},operation="other",status="5xx"`)],
  ],
  VivaFunctionSlow: [times("viva_function_request_seconds", 5), times("viva_function_request_seconds", 1)],
  VivaFunctionWaits: [times("viva_function_queue_seconds", 1), times("viva_function_queue_seconds", 0.25)],
  VivaFunctionFull: [workers(8, 8), workers(7, 8)],
  VivaFunctionCrashes: [[burst("viva_function_crashes_total", 5, docs, 60)], [burst("viva_function_crashes_total", 2, docs, 60)]],
  VivaFunctionRefuses: [[burst("viva_function_refused_total", 1, docs, 70)], [gauge("viva_function_refused_total", 7, docs)]],
  VivaFunctionOverdue: [[burst("viva_function_deadline_kills_total", 1, docs, 60)], [gauge("viva_function_deadline_kills_total", 1, docs)]],
  VivaGatewayFull: [[rising("viva_gateway_refused_total", 30, `${at},status="503"`)], [rising("viva_gateway_refused_total", 10, `${at},status="503"`), rising("viva_gateway_refused_total", 100, `${at},status="429"`)]],
  VivaGatewayLimits: [[rising("viva_gateway_refused_total", 200, `${at},status="429"`)], [rising("viva_gateway_refused_total", 100, `${at},status="429"`)]],
  VivaMessagesLate: [[gauge("viva_messages_late_seconds", 400)], [gauge("viva_messages_late_seconds", 200)]],
  VivaMessagesDead: [[{ series: `viva_messages_dead{${at}}`, values: "0x60 2x1000" }], [gauge("viva_messages_dead", 7)]],
  VivaRunsWait: [[gauge("viva_queue_oldest_seconds", 90)], [gauge("viva_queue_oldest_seconds", 30)]],
  VivaNoRunner: [[gauge("viva_runners", 0)], [gauge("viva_runners", 1)]],
  VivaEngineDown: [[gauge("viva_engine_up", 0)], [gauge("viva_engine_up", 1)]],
  VivaHostShort: [[gauge("viva_host_fits", 0)], [gauge("viva_host_fits", 1)]],
  VivaRunsFail: [
    [burst("viva_runs_total", 6, `${at},language="c",status="internal_error"`, 60)],
    [burst("viva_runs_total", 2, `${at},language="c",status="internal_error"`, 60), rising("viva_runs_total", 9, `${at},language="c",status="ok"`)],
  ],
  VivaDiskFull: [disk(2e9), disk(5e9)],
  VivaDiskFills: [
    [{ series: `viva_disk_free_bytes{${at}}`, values: "60000000000-20000000x2000" }, gauge("viva_disk_size_bytes", 100e9)],
    [{ series: `viva_disk_free_bytes{${at}}`, values: "60000000000-2000000x2000" }, gauge("viva_disk_size_bytes", 100e9)],
    420,
  ],
  VivaRedisCannotWrite: [[gauge("viva_redis_append_ok", 0)], [gauge("viva_redis_append_ok", 1)]],
  VivaRedisMemory: [[gauge("viva_redis_memory_bytes", 9e8), gauge("viva_redis_memory_max_bytes", 1e9)], [gauge("viva_redis_memory_bytes", 7e8), gauge("viva_redis_memory_max_bytes", 1e9)]],
  VivaPostgresConnections: [connections(170), connections(150)],
};

const firing = "count by (alertname) (ALERTS{alertstate=\"firing\"})";

function promtool(args) {
  const run = spawnSync("promtool", args, { encoding: "utf8" });
  assert.equal(run.error, undefined, "promtool is missing: infra/machine/packages lists it");
  assert.equal(run.status, 0, run.stdout + run.stderr);
  return run.stdout;
}

test("the rules are rules, and each has a case, a severity and words", () => {
  assert.match(promtool(["check", "rules", rules]), new RegExp(`SUCCESS: ${alerts.length} rules found`));
  assert.deepEqual(alerts.map((rule) => rule.alert).sort(), Object.keys(cases).sort());
  for (const { alert, labels, annotations } of alerts) {
    assert.match(labels.severity, /^(page|ticket)$/, alert);
    assert.ok(annotations.summary.length > 10 && annotations.description.length > 20, alert);
  }
});

for (const [alert, [wakes, does_not, minutes = 20]] of Object.entries(cases)) {
  test(`${alert}: what wakes somebody, and what does not`, (t) => {
    const folder = mkdtempSync(join(tmpdir(), "viva-alerts-"));
    t.after(() => rmSync(folder, { recursive: true }));
    const one = (input_series, exp_samples) => ({
      interval: "15s",
      input_series,
      promql_expr_test: [{ expr: firing, eval_time: `${minutes}m`, exp_samples }],
    });
    const tests = [one(wakes, [{ labels: `{alertname="${alert}"}`, value: 1 }]), one(does_not, [])];
    const file = join(folder, "test.yml"); /* JSON is YAML */
    writeFileSync(file, JSON.stringify({ rule_files: [rules], evaluation_interval: "15s", tests }));
    promtool(["test", "rules", file]);
  });
}
