/*
 * readme.test.mjs - "Write a function in five minutes" of functions/README.md, followed by its letter in a copy of the tree.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { copyTree } from "../lib/copy.mjs";

const readme = readFileSync(join(import.meta.dirname, "../../functions/README.md"), "utf8");
const section = readme.slice(readme.indexOf("## Write a function in five minutes"), readme.indexOf("\n## ", readme.indexOf("five minutes")));
const blocks = (language) => [...section.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map((m) => m[1]);

let copy;

before(() => (copy = copyTree()));
after(() => copy.remove());

const run = (line) => spawnSync("sh", ["-c", line], { cwd: copy.top, encoding: "utf8", env: { PATH: process.env.PATH, VIVA_RUN: "/nowhere", VIVA_SECRETS: "/nowhere" } });

function works(line) {
  const { status, stdout, stderr } = run(line);
  assert.equal(status, 0, `${line}\n${stdout}${stderr}`);
  return stdout;
}

test("what the README says works, step by step", () => {
  const [begin, ask] = blocks("sh").map((block) => block.trim().split("\n"));
  begin.forEach(works);
  const [make, invoke] = ask;
  works(make);
  const answer = works(invoke);
  const [, promised] = section.match(/It answers `(.*?)`/);
  assert.deepEqual(JSON.parse(answer), JSON.parse(promised));

  const wrong = run(invoke.replace("?name=Ann", "?name="));
  assert.equal(wrong.status, 1);
  assert.match(wrong.stderr, /^Status: 422\r\n/);
  assert.equal(JSON.parse(wrong.stdout).errors[0].pointer, "name");
});

test("what the README shows is what was made", () => {
  const made = (path) => readFileSync(join(copy.top, path), "utf8");
  for (const yaml of blocks("yaml")) assert.ok(made("schemas/api.yaml").includes(yaml), yaml);
  assert.equal(made("functions/greeting/hello.c"), blocks("c")[0]);
});
