/*
 * pattern.test.mjs - the automaton of a pattern says what JavaScript's RegExp says, of texts made to be close.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { automaton, matches } from "../../schemas/gen/pattern.mjs";

const api = readFileSync(join(import.meta.dirname, "../../schemas/api.yaml"), "utf8");
const ours = [...new Set([...api.matchAll(/pattern: '([^']+)'/g)].map((m) => m[1]))];

const more = [
  "^$", "^a*$", "^a+b?$", "^(?:ab|a)c$", "^(a|b)*abb$", "^[^@\\s]+@[^@\\s]+$", "^a{2}$", "^a{2,}$", "^a{0,3}b$",
  "^(?:a{1,2}b){2,3}$", "^[\\w.-]+$", "^\\d+\\.\\d\\D$", "^.$", "^[a-c-]$", "^[\\]\\\\]$", "^\\u00e9\\x41\\n$", "^[^\\x00-\\x1f]*$",
  "^(a?){3}a{3}$", "^\\S\\W$",
];

/* Letters that occur in the pattern, their neighbours, and some that are special to somebody. */
function alphabet(pattern) {
  const near = [...pattern].flatMap((c) => [-1, 0, 1].map((d) => c.codePointAt(0) + d)).filter((p) => p >= 0);
  return [...new Set([...near, 0, 9, 10, 32, 0x7f, 0x85, 0xa0, 0xe9, 0x2028, 0x202e, 0x2069, 0xfeff, 0x1f600, 0x10ffff])].map((p) => String.fromCodePoint(p));
}

for (const pattern of [...ours, ...more]) {
  test(`as RegExp: ${pattern}`, () => {
    const machine = automaton(pattern);
    const regexp = new RegExp(pattern, "u");
    const letter = fc.constantFrom(...alphabet(pattern));
    const text = fc.oneof(fc.stringMatching(regexp), fc.array(letter, { maxLength: 30 }).map((l) => l.join("")),
      fc.tuple(fc.stringMatching(regexp), fc.nat(), letter).map(([s, at, c]) => [...s].toSpliced(at % (s.length + 1), 1, c).join("")));
    fc.assert(fc.property(text, (t) => assert.equal(matches(machine, t), regexp.test(t))), { numRuns: 500 });
  });
}

test("our patterns were found", () => assert.ok(ours.length >= 4));

for (const [pattern, why] of [["^a", "end it with"], ["a$", "begin it"], ["^a|b$", "alternatives"], ["^(a$", "missing"], ["^a)$", "out of place"],
  ["^\\b$", "not understood"], ["^(a)\\1$", "not understood"], ["^[b-a]$", "out of order"], ["^a{3,2}$", "out of range"], ["^[a$", "missing"],
  ["^((a{1,40}){1,40}){1,40}$", "states"]]) {
  test(`refused: ${pattern}`, () => assert.throws(() => automaton(pattern), { message: new RegExp(why) }));
}
