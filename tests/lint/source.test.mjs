/*
 * source.test.mjs - the shape of what we write: formatted, short, finished.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { format, sources } from "./format.mjs";
import { complaints, ending, files, read, top, written } from "./tree.mjs";

const FILE_LINES = 700;
const FUNCTION_LINES = 75;
const COLUMNS = 120;

test("C is formatted", () => {
  const wrong = sources().filter((file) => format(read(file), file) !== read(file));
  assert.deepEqual(wrong, [], "run make format");
});

const width = (line) => [...line].reduce((at, c) => (c === "\t" ? at + 8 - (at % 8) : at + 1), 0);

test(`C lines end before column ${COLUMNS}`, () => {
  const wrong = complaints(sources(), (line) => width(line) > COLUMNS && `${width(line)} columns`);
  assert.deepEqual(wrong, []);
});

test(`no file has more than ${FILE_LINES} lines`, () => {
  const code = written.filter((file) => /\.(c|h|mjs|js|ts|tsx|css|sql|lua|sh|mk|conf)$|(^|\/)Makefile$/.test(file));
  const long = code.map((file) => [file, read(file).split("\n").length]).filter(([, n]) => n > FILE_LINES);
  assert.deepEqual(long, []);
});

/* With the style above, a function begins with a line "{" and ends with a line "}". */
function functionsOf(file) {
  const found = [];
  let start = -1;
  read(file)
    .split("\n")
    .forEach((line, i, lines) => {
      if (line === "{") start = i;
      if (line === "}" && start >= 0) {
        found.push({ name: `${file}:${start} ${lines[start - 1].slice(0, 40)}`, lines: i - start - 1 });
        start = -1;
      }
    });
  return found;
}

test(`no C function has more than ${FUNCTION_LINES} lines, and the median fits on a screen`, () => {
  const all = sources().flatMap(functionsOf);
  assert.deepEqual(all.filter(({ lines }) => lines > FUNCTION_LINES), []);
  const sorted = all.map(({ lines }) => lines).sort((a, b) => a - b);
  assert.ok(sorted[Math.floor(sorted.length / 2)] < 20, "the median function is under 20 lines");
});

test("a C file says first what it is", () => {
  const wrong = sources().filter((file) => !/^\/\*\n \* [\w.-]+/.test(read(file)));
  assert.deepEqual(wrong, [], 'open with a comment: "name.c - theory of operation"');
});

test("nothing is left for later", () => {
  const later = new RegExp(`\\b(${["TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK"].join("|")})\\b`);
  assert.deepEqual(complaints(written, (line) => later.test(line) && "unfinished"), []);
});

test("no test is skipped, focused or sleeps for a guess", () => {
  const tests = ending(["mjs", "ts"], "tests", "nginx/app", "schemas").filter((file) => /\.test\.(mjs|ts)$/.test(file));
  const wrong = complaints(tests, (line) => {
    if (/\b(test|it|describe)\.(skip|only|todo)\(/.test(line)) return "skipped or focused";
    return /\.(skip|todo)\(\)|\{ *(skip|todo|only): *true/.test(line) && "skipped";
  });
  assert.deepEqual(wrong, []);
});

test("shell scripts are clean for shellcheck", () => {
  const scripts = files.filter(
    (file) => /\.sh$/.test(file) || (!/\.\w+$/.test(file) && /^#!\/bin\/(ba)?sh\b/.test(read(file).slice(0, 20))),
  );
  assert.ok(scripts.length > 0);
  const run = spawnSync("shellcheck", ["-S", "warning", ...scripts], { cwd: top, encoding: "utf8" });
  assert.equal(run.error, undefined, "shellcheck is missing: infra/machine/packages lists it");
  assert.equal(run.status, 0, run.stdout);
});

test("shell is POSIX sh, and stops at the first error", () => {
  const wrong = ending(["sh"]).filter((file) => !/^#!\/bin\/sh\b/.test(read(file)) || !/^set -e/m.test(read(file)));
  assert.deepEqual(wrong, []);
});
