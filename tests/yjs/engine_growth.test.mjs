/*
 * engine_growth.test.mjs - nothing is quadratic.
 *
 * Every kind of input of which others' cost is the square of its length, at one length and at four times that,
 * measured in instructions that the command executes (callgrind counts them): the same on every machine, however
 * busy. Four times the input may cost four times as much and what a logarithm adds.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { random } from "../lib/random.mjs";
import { behind, inRoot, log, repeat, section, string, text, uint, update } from "./bytes.mjs";
import { command } from "./engine.mjs";
import { shuffled } from "./sessions.mjs";

const N = 2000;
const MOST = 5.5;
const dir = mkdtempSync(join(tmpdir(), "yjs-growth-"));
after(() => rmSync(dir, { recursive: true }));

function instructions(updates, verb) {
  const file = join(dir, "log");
  writeFileSync(file, log(updates));
  const run = spawnSync(
    "valgrind",
    ["--tool=callgrind", "--callgrind-out-file=/dev/null", command, verb, file, ...(verb === "merge" ? [join(dir, "out")] : [])],
    { encoding: "utf8" },
  );
  assert.equal(run.error, undefined, "valgrind is missing: infra/machine/packages lists it");
  assert.equal(run.status, 0, run.stderr);
  return Number(/Collected : (\d+)/.exec(run.stderr)[1]);
}

const typed = (client, n) => repeat(n, (i) => update([section(client, i, i === 0 ? string("a") : behind(client, i - 1, "a"))]));
const apart = (client, n) => repeat(n, (i) => (i === 0 ? inRoot(5, text("1")) : [0x85, ...uint(client), ...uint(i - 1), ...text("1")]));
const deletes = (n, range) => update([], [1, 7, ...uint(n), ...repeat(n, range).flat()]);

const kinds = {
  "typing": (n) => typed(7, n),
  "two who type by turns": (n) => repeat(n, (i) => update([section(7 + (i % 2), i >> 1, i === 0 ? string("a") : behind(8 - (i % 2), (i - 1) >> 1, "a"))])),
  "typing before what is there": (n) => repeat(n, (i) => update([section(7, i, i === 0 ? string("a") : [0x44, 7, ...uint(i - 1), ...text("a")])])),
  "typing, backwards": (n) => typed(7, n).reverse(),
  "typing, shuffled": (n) => shuffled(typed(7, n), random(3)),
  "every second keystroke, then the others": (n) => [...typed(7, n).filter((_, i) => i % 2), ...typed(7, n).filter((_, i) => i % 2 === 0)],
  "clients": (n) => [update(repeat(n, (i) => section(2 * n - i, 0, inRoot(4, text("a"), `r${i % 50}`))))],
  "clients, an update each": (n) => repeat(n, (i) => update([section(i + 1, 0, inRoot(4, text("a"), `r${i % (n / 8)}`))])),
  "clients that wait for one another": (n) => [
    ...repeat(n, (i) => update([section(i + 1, 0, behind(i + 2, 0, "a"))])),
    update([section(n + 1, 0, string("z"))]),
  ],
  "roots": (n) => [update([section(7, 0, ...repeat(n, (i) => inRoot(4, text("a"), `r${i}`)))])],
  "keys": (n) => [update([section(7, 0, ...repeat(n, (i) => [0x28, 1, ...text("map"), ...text(`k${i}`), 1, 126]))])],
  "values of a key": (n) => [update([section(7, 0, [0x28, 1, ...text("map"), ...text("k"), 1, 126], ...repeat(n, (i) => [0xa8, 7, ...uint(i), 1, 126]))])],
  "nested types, deleted": (n) => [
    update([section(7, 0, inRoot(7, [1], "map"), ...repeat(n, (i) => [0x27, 0, 7, ...uint(i), ...text("k"), 1]))]),
    update([], [1, 7, 1, 0, 1]),
  ],
  "deletes of every second unit": (n) => [update([section(7, 0, string("x".repeat(2 * n)))]), deletes(n, (i) => [...uint(2 * i), 1])],
  "the same, backwards": (n) => [update([section(7, 0, string("x".repeat(2 * n)))]), deletes(n, (i) => [...uint(2 * (n - i) - 2), 1])],
  "the same, one by one": (n) => [
    update([section(7, 0, string("x".repeat(2 * n)))]),
    ...repeat(n, (i) => deletes(1, () => [...uint(2 * (n - i) - 2), 1])),
  ],
  "everything, deleted": (n) => [update([section(7, 0, ...apart(7, n))]), deletes(1, () => [0, ...uint(n)])],
  "deletes of the same future": (n) => [...typed(7, n / 2), deletes(n, (i) => [...uint(n / 2), ...uint(n + i)]), ...typed(7, n).slice(n / 2)],
  "one state, loaded": (n) => [update([section(7, 0, ...apart(7, n))], [1, 7, ...uint(n / 2), ...repeat(n / 2, (i) => [...uint(2 * i), 1]).flat()])],
};

const merged = {
  "typing": (n) => typed(7, n),
  "typing, shuffled": (n) => shuffled(typed(7, n), random(3)),
  "typing, twice": (n) => [...typed(7, n), ...typed(7, n)],
  "clients": (n) => shuffled(repeat(n, (i) => update([section(i + 1, 0, string("a"))], [1, ...uint(i + 1), 1, 0, 1])), random(5)),
  "clients in the wrong order": (n) => [update(repeat(n, (i) => section(i + 1, 0, string("a")))), update([section(n, 1, behind(n, 0, "b"))])],
  "states": (n) => repeat(20, (i) => update([section(7, 0, ...apart(7, ((i + 1) * n) / 20))])),
};

for (const [verb, all] of Object.entries({ apply: kinds, merge: merged })) {
  for (const [what, make] of Object.entries(all)) {
    test(`${verb}: ${what}`, () => {
      const [little, much] = [instructions(make(N), verb), instructions(make(4 * N), verb)];
      /* What starting the command costs is not the input's. */
      const start = instructions(make(20), verb);
      const ratio = (much - start) / (little - start);
      assert.ok(ratio < MOST, `four times the input costs ${ratio.toFixed(1)} times as much: ${start}, ${little}, ${much}`);
    });
  }
}
