/*
 * connections.test.mjs - all workers that there may be can have their connection to PostgreSQL at the same time.
 *
 * A worker has one at most, and a zygote one that is kept for the next worker. What counts is the worst moment: every function at its
 * most, and all replaced at once by SIGHUP, while the runner is as busy as it may be.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { read, top } from "./tree.mjs";

const number = (text, pattern, what) => {
  const found = pattern.exec(text);
  assert.ok(found, `${what} is not to be found`);
  return Number(found[1]);
};

/* A value of functions/<name>/pool.conf, or undefined. */
function setting(name, key) {
  const file = `functions/${name}/pool.conf`;
  const found = existsSync(join(top, file)) && new RegExp(`^\\s*${key}\\s+(\\d+)`, "m").exec(read(file));
  return found ? Number(found[1]) : undefined;
}

const functions = readdirSync(join(top, "functions"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== "lib" && readdirSync(join(top, "functions", entry.name)).some((name) => name.endsWith(".c")))
  .map((entry) => entry.name);

test("functions, the runner and whoever repairs fit into PostgreSQL's max_connections", () => {
  const most = number(read("infra/machine/conf/postgresql.conf"), /^max_connections = (\d+)/m, "max_connections");
  const otherwise = number(read("functions/lib/fnd/conf.h"), /^ \*\tmax\t+(\d+)/m, "the default of max");
  const each = functions.map((name) => [name, setting(name, "max") ?? otherwise]);
  const settings = read("runner/daemon/settings.c");
  /* A slot and a terminal have one each, and so have its threads that look after the queue, its heart and its metrics. */
  const runner = number(settings, /"VIVA_SLOTS", (\d+)/, "VIVA_SLOTS") + number(settings, /"VIVA_TERMINALS", (\d+)/, "VIVA_TERMINALS") + 4;
  const others = 3 /* the superuser's */ + 8; /* the dispatcher, metrics, migrations, a person with psql */
  const all = 2 * each.reduce((sum, [, n]) => sum + n + 1, 0) + runner + others;
  assert.ok(functions.length >= 7, `functions: ${functions}`);
  assert.ok(all <= most, `${all} of ${most}: ${each.map(([name, n]) => `${name} ${n}`).join(", ")}, each and one that is kept, twice; runner ${runner}; others ${others}`);
});
