/*
 * settings.test.mjs - infra/machine/README.md names every setting that a program reads, and none that nobody reads.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { files, read } from "./tree.mjs";

const named = (text) => new Set(text.match(/\bVIVA_[A-Z_]+\b/g));
const readme = named(read("infra/machine/README.md"));
/* Of `fn`, whose own page has it; and what the runner tells the program inside a sandbox. */
const ELSEWHERE = ["VIVA_TOKEN", "VIVA_NONCE", "VIVA_DOOR"];

const sources = files.filter((file) => /^(functions|runner)\/.*\.[ch]$/.test(file));
const asked = new Set(sources.flatMap((file) => [...read(file).matchAll(/\b(?:config_str|config_int|getenv)\("(VIVA_[A-Z_]+)"/g)].map(([, name]) => name)));

test("what a program reads is documented", () => {
  assert.ok(asked.size > 20, [...asked].join());
  assert.deepEqual([...asked].filter((name) => !readme.has(name) && !ELSEWHERE.includes(name)), []);
});

test("what a person may set reaches the stack, and is documented", () => {
  const [, settings] = /^settings='([^']*)'/m.exec(read("infra/machine/up"));
  const kept = [...named(settings)].filter((name) => name !== "VIVA_DETACHED");
  assert.ok(kept.length > 15, settings);
  assert.deepEqual(kept.filter((name) => !readme.has(name)), []);
});

test("what is documented is read by somebody", () => {
  const scripts = files.filter((file) => /^(infra|runner)\//.test(file) && !file.endsWith(".md"));
  const used = new Set([...asked, ...scripts.flatMap((file) => [...named(read(file))])]);
  assert.deepEqual([...readme].filter((name) => !used.has(name)), []);
});
