/*
 * format.mjs [--check] [FILE...] - clang-format with .clang-format, but where a line breaks is the author's.
 *
 * clang-format decides spaces and indentation. It knows no way to leave a table in rows, an enum on one line
 * or a comment behind a tab, so its text and ours are read side by side, cut wherever both begin a line at the
 * same letter; a piece that differs from ours only in its line breaks, or in the space before a comment, stays
 * as it was. Without files: every C file of the tree. --check changes nothing and names what would change.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { ending, top } from "./tree.mjs";

/* Lines with the number of letters before them; blank ones go with the line after them. */
function lines(text) {
  const found = [];
  let letters = 0;
  let blank = 0;
  for (const line of text.replace(/\n+$/, "").split("\n")) {
    const content = line.replace(/\\$/, "").replace(/\s/g, "");
    if (content === "") {
      blank++;
      continue;
    }
    found.push({ at: letters, text: line, blank: Math.min(blank, 1) });
    letters += content.length;
    blank = 0;
  }
  return found;
}

/* Pairs of [ours, theirs]: the smallest groups of lines that hold the same letters. */
function groups(ours, theirs) {
  const shared = new Set(theirs.map((line) => line.at));
  const pairs = [];
  let j = 0;
  for (const line of ours) {
    if (!shared.has(line.at) && pairs.length > 0) {
      pairs.at(-1)[0].push(line);
      continue;
    }
    if (pairs.length > 0) while (j < theirs.length && theirs[j].at < line.at) pairs.at(-1)[1].push(theirs[j++]);
    pairs.push([[line], []]);
  }
  pairs.at(-1)?.[1].push(...theirs.slice(j));
  return pairs;
}

const collapse = (group) =>
  group
    .map(({ text }) => text.replace(/\s*\\$/, "").trim())
    .join(" ")
    .replace(/\s+/g, " ");
const indent = (group) => /^\s*/.exec(group[0].text)[0];
const ends = /[;{}:]\s*(\/\*.*)?$|\*\/$|^#/;

/* `before` is the line above: where it does not end a statement, the indentation is a continuation's. */
function keep(ours, theirs, before) {
  if (collapse(ours) !== collapse(theirs)) return false;
  return indent(ours) === indent(theirs) || !ends.test(before) || /\\$/.test(before);
}

export function format(text, file) {
  const style = execFileSync("clang-format", [`--assume-filename=${file}`], { cwd: top, input: text, encoding: "utf8" });
  let before = "";
  const kept = groups(lines(text), lines(style)).flatMap(([ours, theirs]) => {
    const group = keep(ours, theirs, before) ? ours : theirs;
    before = ours.at(-1).text;
    return group;
  });
  return kept.map((line, i) => (line.blank && i > 0 ? "\n" : "") + line.text.trimEnd() + "\n").join("");
}

/* The C sources of the tree, tracked or about to be. */
export const sources = () => ending(["c", "h"]);

function main(args) {
  const check = args.includes("--check");
  const files = args.filter((arg) => arg !== "--check");
  let wrong = 0;
  for (const file of files.length > 0 ? files : sources()) {
    const path = new URL(`../../${file}`, import.meta.url);
    const text = readFileSync(path, "utf8");
    const better = format(text, file);
    if (better === text) continue;
    wrong++;
    console.log(`${file}: ${check ? "is not formatted: make format" : "formatted"}`);
    if (!check) writeFileSync(path, better);
  }
  return check && wrong > 0 ? 1 : 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) process.exitCode = main(process.argv.slice(2));
