/*
 * attack.mjs - the programs of attacks/: each begins with what it claims and how it must end.
 *
 *   claim: what must be true (in C behind its name) status: ok time_limit   one of these
 *   wall: 1500        its time in ms (a minute)      exit: 7  signal: 31
 *   prints: held      a line of its output        never: survived           nowhere in its output
 *   cpu: half         no more processor than that terminal: yes             at a terminal
 *   input: text                                   file: name                under another name
 *
 * Whatever an attack gets that it should not have it says with the word ESCAPED, which no output may contain; nor may
 * any contain a secret of the stack under test.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { state } from "../lib/stack.mjs";
import { run } from "./sandbox.mjs";

const folder = join(import.meta.dirname, "attacks");
const LANGUAGE = { ".py": "python", ".js": "javascript", ".c": "c", ".cpp": "cpp", ".rs": "rust", ".go": "go", ".java": "java" };
const HELP = { python: "attempt.py", javascript: "attempt.js", c: "attempt.h" };

/* What is not about time has a minute of it. */
export const WALL = 60_000;

/* Beyond its time and the second that an end may take: what a machine that does six other things adds. */
const SLACK_MS = Number(process.env.VIVA_SLACK ?? 6000);

function header(text) {
  const said = {};
  for (const [, key, value] of text.matchAll(/^(?:#|\/\/| \*) (\w+): (.*)$/gm)) said[key] ??= value;
  said.claim ??= /^ \* [\w.]+ - (.*)$/m.exec(text)[1];
  return said;
}

function read(group, name) {
  const text = readFileSync(join(folder, group, name), "utf8");
  return { group, name, text, language: LANGUAGE[extname(name)], ...header(text) };
}

export const groups = readdirSync(folder).filter((name) => name !== "with").sort();
export const attacksOf = (group) =>
  readdirSync(join(folder, group))
    .filter((name) => extname(name) in LANGUAGE)
    .sort()
    .map((name) => read(group, name));

/* What only the host may know: the stack's secrets, line by line. */
const secrets = readdirSync(join(state, "secrets"))
  .filter((name) => name !== "jwt.pub")
  .flatMap((name) => readFileSync(join(state, "secrets", name), "utf8").split(/[\n:]/))
  .filter((part) => part.length > 16 && !part.startsWith("-----"));

const MAIN = { java: "Main.java" };

export function bodyOf(attack) {
  const { language, text, input, file } = attack;
  const path = file ?? MAIN[language] ?? `main${extname(attack.name)}`;
  const files = [{ path, content: text }];
  if (/\battempt\b/.test(text) && HELP[language])
    files.push({ path: HELP[language], content: readFileSync(join(folder, "with", basename(HELP[language])), "utf8") });
  const body = { language, files, wall_ms: Number(attack.wall ?? WALL) };
  if (input) body.input = input;
  if (attack.terminal) body.terminal = { rows: 24, columns: 80 };
  return body;
}

/* That it ended as it says it must; throws where not. */
export function judge(attack, done) {
  const output = done.stdout + done.stderr;
  const shown = `${done.status} ${done.detail ?? ""} ${output.slice(0, 2000)}`;
  assert.ok(!/ESCAPED/.test(output), shown);
  for (const secret of secrets) assert.ok(!output.includes(secret), "it printed a secret of the stack");
  assert.ok(attack.status.split(" ").includes(done.status), `must end as ${attack.status}: ${shown}`);
  if (attack.exit) assert.equal(done.exit_code, Number(attack.exit), shown);
  if (attack.signal) assert.equal(done.signal, Number(attack.signal), shown);
  if (attack.prints) assert.ok(output.split(/\r?\n/).includes(attack.prints), `must print ${attack.prints}: ${shown}`);
  if (attack.never) assert.ok(!output.includes(attack.never), shown);
  if (attack.cpu === "half") assert.ok(done.cpu_ms <= done.wall_ms / 2 + 400, `${done.cpu_ms} of ${done.wall_ms} ms`);
  const late = done.wall_ms - Number(attack.wall ?? WALL);
  assert.ok(!(late > 1000 + SLACK_MS), `it ended ${late} ms after its time`);
}

export async function attempt(attack) {
  const done = await run(bodyOf(attack));
  judge(attack, done);
  return done;
}
