/*
 * rights.test.mjs - schemas/redis.acl and schemas/redis.md speak of the same programs and the same keys.
 *
 * A line for somebody who does not exist is a right that somebody lacks, and a key that no line names is one nobody can use:
 * both would be seen only where the product fails.
 */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { read, top } from "./tree.mjs";

const PROGRAMS = ["dispatch", "observe", "runner"];
const functions = readdirSync(join(top, "functions"), { withFileTypes: true }).filter((entry) => entry.isDirectory() && entry.name !== "lib").map((entry) => entry.name);

const lines = read("schemas/redis.acl").split("\n").map((line) => line.replace(/#.*/, "").trim()).filter(Boolean)
  .map((line) => line.split(/\s+/)).map(([who, ...rules]) => ({ who: who.split(","), rules, text: [who, ...rules].join(" ") }));
const patterns = lines.flatMap(({ rules }) => rules.filter((rule) => /~/.test(rule)).map((rule) => rule.replace(/^(%[RW]+)?~/, "")));

/* The first column of the table of keys; what stands for anything is <...>. */
const keys = [...read("schemas/redis.md").matchAll(/^\| (`.*?) \| /gm)].flatMap(([, cell]) => [...cell.matchAll(/`([^`]+)`/g)].map(([, key]) => key)).filter((key) => key !== "<who>");

/* Redis' own rule: * is anything, all else is itself. */
const covers = (pattern, key) => new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`).test(key);

test("who has rights exists, and a rule is of the kinds that the file explains", () => {
  assert.ok(lines.length > 10 && functions.length >= 7);
  for (const { who, rules, text } of lines) {
    for (const name of who) assert.ok(["function", ...functions, ...PROGRAMS].includes(name), text);
    for (const rule of rules) assert.match(rule, /^\+[a-z]+(\|[a-z]+)?$|^(%R|%W)?~\S+$|^&[a-z_:]+$/, text);
    assert.ok(rules.some((rule) => rule.startsWith("+")), text);
  }
});

test("nobody has all keys, but for running scripts", () => {
  assert.deepEqual(lines.filter(({ rules }) => rules.some((rule) => /~\*/.test(rule))).map(({ text }) => text), ["function +eval +evalsha ~*"]);
});

test("every key that is documented is somebody's, and every right is about such a key", () => {
  assert.ok(keys.length > 15, `keys: ${keys}`);
  const mine = patterns.filter((pattern) => pattern !== "*");
  assert.deepEqual(keys.filter((key) => !mine.some((pattern) => covers(pattern.replace("@", "*"), key))), [], "a key that nobody may use");
  const known = keys.map((key) => key.replace(/<[^>]+>/g, "*"));
  assert.deepEqual(mine.filter((pattern) => !known.some((key) => covers(key, pattern.replace("@_*", "x_x:x")))), [], "a right about no key that is documented");
});
