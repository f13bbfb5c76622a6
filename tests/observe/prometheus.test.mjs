/*
 * prometheus.test.mjs - a real Prometheus, with infra/observe/prometheus.yml, scrapes the stack while people work: every
 * panel of the dashboard shows something, and every rule speaks of what is there.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { parse } from "yaml";
import { api, waitFor } from "../lib/api.mjs";
import { freePort, port } from "./page.mjs";

const source = join(import.meta.dirname, "../../infra/observe");
const folder = mkdtempSync(join(tmpdir(), "viva-prometheus-"));
const dashboard = JSON.parse(readFileSync(join(source, "dashboard.json"), "utf8"));
const panels = dashboard.panels.filter((panel) => panel.type !== "row");
let prometheus, url;
let said = "";

async function ask(path, query) {
  const res = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(query)}`);
  const body = await res.json();
  assert.equal(body.status, "success", `${query?.query ?? path}: ${body.error}`);
  return body.data;
}

/* As Grafana asks: all machines, all functions, a window that has some scrapes in it. */
const filled = (expr) => expr.replaceAll("$__rate_interval", "1m").replaceAll("$instance", ".*").replaceAll("$function", ".*");

/* A short day: an account, a room, edits refused and not, runs, somebody who listens. */
async function people() {
  const ann = await api.signup({ name: "Ann" });
  const room = await api.room(ann);
  const ear = await ann.socket(`${room.ws}/events`);
  await ann.post(`${room.path}/chat`, { text: "hello" });
  await api.anyone().get("/api/me");
  const run = await api.run(ann, room, "print(1)");
  await waitFor(async () => (await ann.get(`/api/runs/${run.id}`)).body.ended_at, { within: 120_000, what: "the run to end" });
  ear.close();
}

before(async () => {
  const own = await freePort();
  cpSync(join(source, "alerts.yml"), join(folder, "alerts.yml"));
  const config = readFileSync(join(source, "prometheus.yml"), "utf8");
  writeFileSync(join(folder, "prometheus.yml"), config.replaceAll("15s", "1s").replace("127.0.0.1:28080", `127.0.0.1:${port}`));
  url = `http://127.0.0.1:${own}`;
  prometheus = spawn("prometheus", [
    `--config.file=${join(folder, "prometheus.yml")}`, `--storage.tsdb.path=${join(folder, "data")}`,
    `--web.listen-address=127.0.0.1:${own}`, "--log.level=warn",
  ], { stdio: ["ignore", "ignore", "pipe"] });
  prometheus.on("error", (error) => (said += `${error.message}: infra/machine/packages lists it`));
  prometheus.stderr.on("data", (data) => (said += data));
  await waitFor(async () => (await fetch(`${url}/-/ready`)).ok, { within: 60_000, what: `Prometheus to be ready ${said}` });
  /* A rate needs two scrapes that saw a series: people work until the rarest of them, a run's, has one. */
  const rate = 'sum(rate(viva_first_byte_seconds_count[1m])) > 0 and sum(rate(viva_function_requests_total{status="4xx"}[1m])) > 0';
  await waitFor(async () => {
    await people();
    return (await ask("query", { query: rate })).result.length > 0;
  }, { within: 240_000, what: "Prometheus to have seen people at work" });
});

after(async () => {
  const gone = new Promise((done) => prometheus.once("exit", done));
  prometheus.kill();
  await gone;
  rmSync(folder, { recursive: true });
});

test("the scrape works, all of it", async () => {
  /* Each has a second here, which a busy machine may miss now and then. */
  await waitFor(async () => {
    const { activeTargets } = await ask("targets");
    return assert.deepEqual(activeTargets.map((t) => [t.labels.job, t.health, t.lastError]), [["viva", "up", ""]]) ?? true;
  }, { what: "a scrape without an error" });
});

for (const panel of panels) {
  test(`the panel "${panel.title}" shows something`, async () => {
    assert.ok(panel.targets.length > 0 && panel.fieldConfig.defaults.unit);
    for (const { expr } of panel.targets) {
      const { result } = await waitFor(async () => {
        const data = await ask("query", { query: filled(expr) });
        return data.result.length > 0 && data;
      }, { within: 60_000, what: `data for ${expr}` });
      assert.ok(result.every(({ value }) => value[1] !== ""), expr);
    }
  });
}

test("panels lie on the grid without covering one another", () => {
  const cells = new Set();
  for (const { gridPos: { x, y, w, h }, title } of dashboard.panels) {
    assert.ok(x >= 0 && x + w <= 24, title);
    for (let i = x; i < x + w; i++)
      for (let j = y; j < y + h; j++) {
        assert.ok(!cells.has(`${i},${j}`), `${title} covers another`);
        cells.add(`${i},${j}`);
      }
  }
  assert.equal(new Set(dashboard.panels.map((p) => p.id)).size, dashboard.panels.length);
});

test("every variable of the dashboard has values", async () => {
  for (const { name, query } of dashboard.templating.list.filter((v) => v.type === "query")) {
    const [, metric, label] = /^label_values\((\w+), (\w+)\)$/.exec(query);
    assert.ok((await ask(`label/${label}/values`, { "match[]": metric })).length > 0, name);
  }
});

test("Prometheus evaluates every rule, and no rule speaks of a metric that nobody has", async () => {
  const names = new Set(await ask("label/__name__/values"));
  const { groups } = parse(readFileSync(join(source, "alerts.yml"), "utf8"));
  const written = groups.flatMap((group) => group.rules);
  const loaded = await waitFor(async () => {
    const rules = (await ask("rules")).groups.flatMap((group) => group.rules);
    return rules.length === written.length && rules.every((rule) => rule.health !== "unknown") && rules;
  }, { what: "all rules to be evaluated" });
  assert.deepEqual(loaded.filter((rule) => rule.health !== "ok").map((rule) => [rule.name, rule.lastError]), []);
  for (const { alert, expr } of written)
    for (const [name] of expr.matchAll(/\b(?:viva_\w+|up\b)/g)) assert.ok(names.has(name), `${alert}: ${name}`);
});
