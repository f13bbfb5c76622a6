/*
 * layers.test.mjs - layers point one way.
 *
 * Who may include whose headers, and which library may be touched where. A header is known by its name alone,
 * as the compiler knows it (-I for every layer), so names are unique over the tree.
 */
import assert from "node:assert/strict";
import { basename } from "node:path";
import { test } from "node:test";
import { ending, files, read } from "./tree.mjs";

const INCLUDE = /^\s*#\s*include\s*(["<])([^">]+)[">]/gm;

/* The layer of a source file: the table's key. */
function layer(file) {
  const [, lib] = /^functions\/lib\/([^/]+)\//.exec(file) ?? [];
  if (lib) return lib;
  const [, name] = /^functions\/([^/]+)\//.exec(file) ?? [];
  if (name) return `functions/${name}`;
  const [, part] = /^runner\/([^/]+)\//.exec(file) ?? [];
  return part ? `runner/${part}` : undefined;
}

const MAY_USE = {
  base: [],
  yjs: ["base"],
  io: ["base"],
  runtime: ["base", "io"],
  document: ["base", "yjs", "io", "runtime"],
  fnd: ["base"],
  observe: ["base", "io"],
  dispatch: ["base", "io"],
  command: ["base", "io"],
  function: ["base", "io", "runtime"],
  "runner/daemon": ["base", "io", "runner/init" /* the message they exchange */],
  "runner/init": [],
};

/* Functions that open documents; no other needs the engine. */
const OPENS_DOCUMENTS = ["functions/docs", "functions/runs", "functions/replay"];

/* Libraries that are not libc, by header, and who may touch them. Each has one wrapper. */
const LIBRARIES = [
  { header: /^(libpq-fe|libpq\/.*|postgres.*)\.h$/, may: ["io"] },
  { header: /^hiredis\//, may: ["io"] },
  { header: /^curl\//, may: ["io", "runner/daemon"] },
  { header: /^jwt\.h$/, may: ["io"] },
  { header: /^openssl\//, may: ["io", "runtime", "functions/auth"] },
  { header: /^sodium(\.h|\/)/, may: ["io", "runtime", "functions/auth", "functions/rooms"] },
  { header: /^(fcgi|fcgiapp|fcgios|fastcgi)/, may: ["runtime"] },
  { header: /^jansson\.h$/, may: ["runtime", "io", "runner/daemon"] },
  { header: /^seccomp\.h$/, may: ["runner/init", "runtime", "fnd"] },
  { header: /^(cmocka|setjmp)\.h$/, may: [] },
];

/* Made by the build: api.h and api_*.h from api.yaml, the rest from the folder that includes it. */
function generated(name, from) {
  const own = from.split("/").at(from.startsWith("runner/") ? 0 : -1);
  if (/^api(_\w+)?\.h$/.test(name)) return true;
  return new RegExp(`^(queries|lua|routes)_${own}\\.h$`).test(name);
}

const sources = ending(["c", "h"], "functions", "runner");
const headers = new Map(sources.filter((f) => f.endsWith(".h")).map((file) => [basename(file), file]));

function includes(file) {
  return [...read(file).matchAll(INCLUDE)].map(([, quote, name]) => ({ own: quote === '"', name }));
}

function allowed(from) {
  const table = MAY_USE[from] ?? (from.startsWith("functions/") ? MAY_USE.function : undefined);
  assert.ok(table, `${from} is not in the table of layers`);
  return [from, ...table, ...(OPENS_DOCUMENTS.includes(from) ? ["yjs", "document"] : [])];
}

function wrongOwn(file, name) {
  const from = layer(file);
  const target = headers.get(basename(name));
  if (generated(name, from)) {
    const plain = ["base", "yjs", "io", "fnd", "runner/init"].includes(from);
    return plain && `${from} includes ${name}, which the build makes for others`;
  }
  if (!target) return `includes "${name}", which is no header of the tree`;
  return !allowed(from).includes(layer(target)) && `${from} includes ${target}`;
}

function wrongLibrary(file, name) {
  const library = LIBRARIES.find(({ header }) => header.test(name));
  return library && !library.may.includes(layer(file)) && `includes <${name}>, which belongs to: ${library.may}`;
}

test("a layer includes only the layers below it, and functions never one another", () => {
  assert.ok(sources.length > 0);
  const wrong = sources
    .filter((file) => layer(file))
    .flatMap((file) =>
      includes(file).map(({ own, name }) => {
        const said = own ? wrongOwn(file, name) : wrongLibrary(file, name);
        return said && `${file}: ${said}`;
      }),
    )
    .filter(Boolean);
  assert.deepEqual(wrong, []);
});

test("every header's name is its own", () => {
  const seen = new Map();
  for (const file of sources.filter((f) => f.endsWith(".h"))) {
    const name = basename(file);
    seen.set(name, [...(seen.get(name) ?? []), file]);
  }
  assert.deepEqual([...seen.values()].filter((list) => list.length > 1), []);
});

test("runner/init uses libc and libseccomp alone", () => {
  const foreign = ending(["c", "h"], "runner/init").flatMap((file) =>
    includes(file)
      .filter(({ own, name }) => !own && name.includes("/") && !/^(sys|linux|arpa|netinet|net|asm)\//.test(name))
      .map(({ name }) => `${file}: <${name}>`),
  );
  assert.deepEqual(foreign, []);
});

test("every function has a README's line or one of its own, and its queries beside it", () => {
  const functions = new Set(files.map((f) => /^functions\/([^/]+)\//.exec(f)?.[1]).filter((n) => n && n !== "lib"));
  const strays = files.filter((file) => file.endsWith(".sql")).filter((file) => {
    const [, owner] = /^functions\/([^/]+)\/queries\.sql$/.exec(file) ?? [];
    if (owner) return !functions.has(owner);
    return !/^(functions\/lib\/(runtime|document|observe|dispatch|command\/skeleton)|runner\/daemon)\/queries\.sql$|^schemas\/|^infra\/|^tests\//.test(file);
  });
  assert.deepEqual(strays, [], "SQL lives in queries.sql beside its program, or in schemas/sql");
});

test("no SQL is written inside C", () => {
  const wrong = ending(["c", "h"], "functions", "runner").filter((file) =>
    /"\s*(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|WITH\s+\w+\s+AS)\b/i.test(read(file)),
  );
  assert.deepEqual(wrong, []);
});
