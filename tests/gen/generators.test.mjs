/*
 * generators.test.mjs - what schemas/gen makes, against golden files, and what it refuses.
 *
 * golden/: shop.yaml, shop.sql and take.lua beside what is made of them; UPDATE=1 writes that anew.
 * refused/: a case is a file; its first line is what the generator says.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { apiHeader, routesSource, typesHeader, typesSource } from "../../schemas/gen/c.mjs";
import { luaHeader } from "../../schemas/gen/lua.mjs";
import { Model } from "../../schemas/gen/model.mjs";
import { functionsConf, upstreamsConf } from "../../schemas/gen/nginx.mjs";
import { openapiJson, openapiSource } from "../../schemas/gen/openapi.mjs";
import { triggersSource } from "../../schemas/gen/triggers.mjs";
import { parseQueries, queriesHeader, queriesSource } from "../../schemas/gen/sql.mjs";

const here = import.meta.dirname;
const read = (...path) => readFileSync(join(here, ...path), "utf8");

function golden(name, text) {
  const path = join(here, "golden", name);
  if (process.env.UPDATE) writeFileSync(path, text);
  assert.ok(existsSync(path), `golden/${name} is missing: look at it after UPDATE=1 node --test tests/gen/*.test.mjs`);
  assert.equal(text, readFileSync(path, "utf8"));
}

const model = new Model(read("golden", "shop.yaml"));
const queries = parseQueries(read("golden", "shop.sql"));
const script = { name: "take", text: read("golden", "take.lua") };
const pools = { shop: { max: 3, deadline: 10 } };
const made = {
  "api_types.h.golden": () => typesHeader(model),
  "api_types.c.golden": () => typesSource(model),
  "api.h.golden": () => apiHeader(model),
  "routes_shop.c.golden": () => routesSource(model, "shop", ["shop"]),
  "routes_cover.c.golden": () => routesSource(model, "cover", []),
  "functions.conf.golden": () => functionsConf(model, pools),
  "upstreams.conf.golden": () => upstreamsConf(model, pools),
  "triggers.c.golden": () => triggersSource(model),
  "openapi.json.golden": () => openapiJson(model),
  "openapi.c.golden": () => openapiSource(model),
  "queries_shop.h.golden": () => queriesHeader(queries, "shop"),
  "queries_shop.c.golden": () => queriesSource(queries, "shop"),
  "lua_shop.h.golden": () => luaHeader([script], "shop"),
};

for (const [name, make] of Object.entries(made)) {
  test(`${name} is as it was`, () => golden(name, make()));
}

test("the C that is made compiles without a warning", () => {
  const dir = mkdtempSync(join(tmpdir(), "viva-gen-"));
  for (const [name, make] of Object.entries(made)) writeFileSync(join(dir, name.replace(".golden", "")), make());
  writeFileSync(join(dir, "script.c"), '#include "lua_shop.h"\nconst char *text(void) { return lua_take.text; }\n');
  const lib = join(here, "../../functions/lib");
  const include = [dir, ...["base", "io", "runtime", "dispatch"].map((l) => join(lib, l))].flatMap((d) => ["-iquote", d]);
  const sources = readdirSync(dir).filter((f) => f.endsWith(".c")).map((f) => join(dir, f));
  const run = spawnSync("cc", ["-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", ...include, ...sources], { encoding: "utf8" });
  rmSync(dir, { recursive: true });
  assert.equal(run.stderr, "");
  assert.equal(run.status, 0);
});

for (const name of readdirSync(join(here, "refused"))) {
  const text = read("refused", name);
  const wanted = text.split("\n")[0].replace(/^(#|--) /, "");
  const rest = text.slice(text.indexOf("\n") + 1);
  test(`refused: ${name}`, () => {
    const make = name.endsWith(".sql") ? () => parseQueries(rest) : () => typesSource(new Model(text));
    assert.throws(make, (error) => error.message.includes(wanted) || assert.fail(`it says: ${error.message}`));
  });
}

test("our own api.yaml is taken", () => {
  const own = new Model(read("..", "..", "schemas", "api.yaml"));
  assert.ok(own.operations.length > 20);
  assert.ok(own.operations.every((op) => op.body === null || op.bodyMax > 0));
});
