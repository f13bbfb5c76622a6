/*
 * readme.test.mjs - "Write a function in five minutes" of functions/README.md, followed by its letter in a copy of the tree.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { copyTree } from "../lib/copy.mjs";

const readme = readFileSync(join(import.meta.dirname, "../../functions/README.md"), "utf8");
const section = readme.slice(readme.indexOf("## Write a function in five minutes"), readme.indexOf("\n## ", readme.indexOf("five minutes")));
const blocks = (language) => [...section.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map((m) => m[1]);

let copy;

before(() => (copy = copyTree()));
after(() => copy.remove());

function insert(text, below, what) {
  assert.equal(text.split(below).length, 2, `there is one line ${below.trim()}`);
  return text.replace(below, () => below + what);
}

const run = (line) => spawnSync("sh", ["-c", line], { cwd: copy.top, encoding: "utf8", env: { PATH: process.env.PATH, VIVA_RUN: "/nowhere", VIVA_SECRETS: "/nowhere" } });

test("what the README says works, step by step", () => {
  const api = join(copy.top, "schemas/api.yaml");
  const [operation, schema] = blocks("yaml");
  writeFileSync(api, insert(insert(readFileSync(api, "utf8"), "\npaths:\n", operation), "\n  schemas:\n", schema));
  mkdirSync(join(copy.top, "functions/greeting"));
  writeFileSync(join(copy.top, "functions/greeting/hello.c"), blocks("c")[0]);

  const [make, invoke] = blocks("sh")[0].trim().split("\n");
  const made = run(make);
  assert.equal(made.status, 0, `${made.stdout}${made.stderr}`);
  const asked = run(invoke);
  assert.equal(asked.status, 0, asked.stderr);
  assert.match(asked.stdout, /^Status: 200\r\n/);
  const [, promised] = section.match(/It answers `(.*?)`/);
  assert.deepEqual(JSON.parse(asked.stdout.split("\r\n").at(-1)), JSON.parse(promised));

  const wrong = run(invoke.replace("?name=Ann", ""));
  assert.equal(wrong.status, 1);
  assert.match(wrong.stdout, /^Status: 422\r\n[\s\S]*"pointer":"name"/);
});
