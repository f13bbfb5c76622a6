/* size.test.mjs - what a browser has to fetch, packed as it is sent, before a page shows. */
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

const app = resolve(import.meta.dirname, "../../build/app");
const assets = join(app, "assets");
const KB = 1000;

const read = (name) => readFileSync(join(assets, name), "utf8");
const packed = (name) => gzipSync(readFileSync(join(assets, name)), { level: 9 }).length;
const named = (pattern) => readdirSync(assets).filter((name) => pattern.test(name));

/* A chunk and all that it imports at once; import() is not that. */
function closure(names, found = new Set()) {
  for (const name of names) {
    if (found.has(name)) continue;
    found.add(name);
    const imports = [...read(name).matchAll(/(?:^|[;}\s])(?:import|export)(?:[^"'();]*?from)?\s*["']\.\/([^"']+\.js)["']/g)];
    closure(imports.map((match) => match[1]), found);
  }
  return found;
}

const total = (names) => [...names].reduce((sum, name) => sum + packed(name), 0);
const entry = () => [...readFileSync(join(app, "index.html"), "utf8").matchAll(/src="\/assets\/([^"]+\.js)"/g)].map((match) => match[1]);

test("the pages before a room: at most 90 KB of JavaScript", () => {
  const size = total(closure(entry()));
  assert.ok(size > 20 * KB, "found what the page loads");
  assert.ok(size <= 90 * KB, `${size} bytes`);
});

test("a room: at most 200 KB of JavaScript before its lazy parts, none of which is over 100 KB", () => {
  const page = named(/^page-.*\.js$/);
  assert.equal(page.length, 1);
  const size = total(closure([...entry(), ...page]));
  assert.ok(size <= 200 * KB, `${size} bytes`);
  for (const name of named(/\.js$/)) assert.ok(packed(name) <= 100 * KB, `${name}: ${packed(name)} bytes`);
});

test("styles: at most 20 KB in all; no fonts", () => {
  const size = total(named(/\.css$/));
  assert.ok(size > 1 * KB && size <= 20 * KB, `${size} bytes`);
  assert.deepEqual(named(/\.(woff2?|ttf|otf)$/), []);
});
