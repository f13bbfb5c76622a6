#!/usr/bin/env node
// all.mjs OUT - runs every generator over the tree this file lies in and writes into OUT. make calls it.
//
// Nothing is listed: functions, queries.sql and *.lua are found where they lie.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { apiHeader, routesSource, typesHeader, typesSource } from './c.mjs';
import { luaHeader } from './lua.mjs';
import { Model } from './model.mjs';
import { functionsConf, poolOf, upstreamsConf } from './nginx.mjs';
import { openapiJson, openapiSource } from './openapi.mjs';
import { write } from './out.mjs';
import { parseQueries, queriesHeader, queriesSource } from './sql.mjs';
import { triggersSource } from './triggers.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const out = process.argv[2] ?? join(root, 'build/gen');

const foldersOf = (dir) => readdirSync(join(root, dir), { withFileTypes: true }).filter((d) => d.isDirectory()).map((d) => d.name);
const functions = () => foldersOf('functions').filter((name) => name !== 'lib');

/** {name: directory} of everything that may have SQL or Lua beside it. */
function programs() {
  const dirs = [...foldersOf('functions/lib').map((l) => [l, `functions/lib/${l}`]), ...functions().map((f) => [f, `functions/${f}`])];
  return Object.fromEntries([...dirs, ['runner', 'runner/daemon']].filter(([, dir]) => existsSync(join(root, dir))));
}

/** {function: what its pool.conf says}. */
function pools() {
  const file = (name) => join(root, 'functions', name, 'pool.conf');
  return Object.fromEntries(functions().filter((f) => existsSync(file(f))).map((f) => [f, poolOf(readFileSync(file(f), 'utf8'))]));
}

function hasQueries(dir) {
  return existsSync(join(root, dir, 'queries.sql'));
}

/** Whose SQL a function prepares: its own, and what its queries.sql names by lines `-- use <library>`. */
function queriesOf(name) {
  const file = join(root, 'functions', name, 'queries.sql');
  if (!existsSync(file)) return [];
  return [name, ...[...readFileSync(file, 'utf8').matchAll(/^-- use ([a-z]+)$/gm)].map(([, library]) => library)];
}

function generateApi() {
  const model = new Model(readFileSync(join(root, 'schemas/api.yaml'), 'utf8'));
  write(join(out, 'api_types.h'), typesHeader(model));
  write(join(out, 'api_types.c'), typesSource(model));
  write(join(out, 'api.h'), apiHeader(model));
  write(join(out, 'openapi.c'), openapiSource(model));
  write(join(out, 'openapi.json'), openapiJson(model));
  write(join(out, 'nginx/functions.conf'), functionsConf(model, pools()));
  write(join(out, 'nginx/upstreams.conf'), upstreamsConf(model, pools()));
  write(join(out, 'triggers.c'), triggersSource(model));
  for (const f of functions()) write(join(out, `routes_${f}.c`), routesSource(model, f, queriesOf(f)));
}

function generateBeside(name, dir) {
  if (hasQueries(dir)) {
    const queries = parseQueries(readFileSync(join(root, dir, 'queries.sql'), 'utf8'), `${dir}/queries.sql`);
    write(join(out, `queries_${name}.h`), queriesHeader(queries, name));
    write(join(out, `queries_${name}.c`), queriesSource(queries, name));
  }
  const lua = readdirSync(join(root, dir)).filter((f) => f.endsWith('.lua')).sort();
  if (lua.length === 0) return;
  const scripts = lua.map((f) => ({ name: f.slice(0, -4), text: readFileSync(join(root, dir, f), 'utf8') }));
  write(join(out, `lua_${name}.h`), luaHeader(scripts, name));
}

try {
  generateApi();
  for (const [name, dir] of Object.entries(programs())) generateBeside(name, dir);
} catch (e) {
  console.error(`schemas/gen: ${e.message}`);
  process.exit(1);
}
