/*
 * languages.test.mjs - each language says hello and fails as its folder says: runner/languages/<name>/examples.
 *
 * An example is a folder of files; `expect` has a line for each thing that must hold, `input` is what it reads.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ready, run } from "./sandbox.mjs";

const top = new URL("../../runner/languages", import.meta.url).pathname;
const languages = readdirSync(top).filter((name) => existsSync(join(top, name, "language")));
const NOT_FILES = ["expect", "input"];

function example(language, name) {
  const dir = join(top, language, "examples", name);
  const names = readdirSync(dir, { recursive: true }).map(String).filter((f) => statSync(join(dir, f)).isFile());
  const read = (file) => readFileSync(join(dir, file), "utf8");
  return {
    files: names.filter((f) => !NOT_FILES.includes(f)).map((path) => ({ path, content: read(path) })),
    input: names.includes("input") ? read("input") : "",
    expect: read("expect").trim().split("\n").map((line) => /^(\w+) (.*)$/.exec(line).slice(1)),
  };
}

function check(result, what, value) {
  if (what === "stdout" || what === "stderr") {
    assert.ok(result[what].split("\n").includes(value), `${what} has the line "${value}": ${JSON.stringify(result)}`);
  } else assert.equal(String(result[what]), value, `${what}: ${JSON.stringify(result)}`);
}

for (const language of languages) {
  for (const name of readdirSync(join(top, language, "examples"))) {
    test(`${language}: ${name}`, async () => {
      const { files, input, expect } = example(language, name);
      const result = await run({ language, files, input });
      assert.ok(expect.length > 0);
      for (const [what, value] of expect) check(result, what, value);
    });
  }
}

test("every folder is a language that can be run, with the version that its image really has", async () => {
  for (const name of languages) {
    const said = await ready(name);
    assert.match(said.image, /^sha256:[0-9a-f]{64}$/);
    assert.match(said.version, /\d+\.\d+/);
  }
  const inside = await run({
    language: "python",
    files: [{ path: "main.py", content: "import platform; print(platform.python_version())" }],
  });
  const said = await ready("python");
  assert.ok(said.version.includes(inside.stdout.trim()));
  assert.equal(inside.image, said.image);
});
