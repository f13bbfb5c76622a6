/*
 * compile.test.mjs - the step before a compiled program: once for all who want the same, ended when nobody does, and kept.
 * What compilers are attacked with is in attacks/compile.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { api, waitFor } from "../lib/api.mjs";
import { state } from "../lib/stack.mjs";
import { chunksOf, ended, ready, text } from "./sandbox.mjs";

const LIMIT = { timeout: 300_000 };

let ann;
let room;
let ear;

before(async () => {
  ann = await api.signup();
  for (const language of ["c", "cpp", "java"]) await ready(language);
  room = await api.room(ann, { language: "c" });
  ear = await ann.socket(`${room.ws}/events`);
});

after(() => ear?.close());

/* Compiled by nobody before. */
const fresh = (source) => `${source}\n// ${randomBytes(8).toString("hex")}\n`;
const HELLO = '#include <stdio.h>\nint main(void) { puts("hello"); return 0; }';
/* Never compiled to the end: each template asks for two more. */
const ENDLESS = `template <int n, int m> struct t { static const int v = t<n - 1, 2 * m>::v + t<n - 1, 2 * m + 1>::v; };
template <int m> struct t<0, m> { static const int v = m; };
int main() { return t<26, 1>::v; }`;

const asked = (content, more = {}) =>
  api.run(ann, room, undefined, { language: "c", files: [{ path: "main.c", content }], wall_ms: 60_000, ...more });
const endless = () => fresh(ENDLESS);
const cpp = (content) => asked(undefined, { language: "cpp", files: [{ path: "main.cpp", content }] });

const compiled = (...runs) =>
  ear.messages.filter((e) => e.type === "run" && e.run.status === "compiling" && runs.some(({ id }) => id === e.run.id)).length;

async function whole(run) {
  const done = await ended(ann, run, 180_000);
  await ear.next((e) => e.type === "run" && e.run.id === run.id && e.run.ended_at, { within: 60_000 });
  return { ...done, stdout: text(await chunksOf(ann, done), "stdout") };
}

const isCompiled = (run) =>
  ear.next((e) => e.type === "run" && e.run.id === run.id && e.run.status === "compiling", { within: 120_000, what: "it to be compiled" });

test("what several ask for at once is compiled once", LIMIT, async () => {
  const source = fresh(HELLO);
  const runs = await Promise.all([asked(source), asked(source), asked(source)]);
  for (const done of await Promise.all(runs.map(whole))) assert.deepEqual([done.status, done.stdout], ["ok", "hello\n"]);
  assert.equal(compiled(...runs), 1);
});

test("what was compiled is kept, where a stack that starts again finds it", LIMIT, async () => {
  const source = fresh(HELLO);
  const first = await asked(source);
  assert.equal((await whole(first)).status, "ok");
  const kept = readdirSync(join(state, "compiled")).filter((name) => /^[0-9a-f]{64}$/.test(name));
  assert.ok(kept.length > 0);
  const again = await asked(source);
  assert.deepEqual([(await whole(again)).stdout, compiled(first), compiled(again)], ["hello\n", 1, 0]);
});

test("a program that no compiler gets to the end of fails once for all who wait for it", LIMIT, async () => {
  const source = endless();
  const first = await cpp(source);
  await isCompiled(first);
  const second = await cpp(source);
  const [one, other] = await Promise.all([whole(first), whole(second)]);
  assert.deepEqual([one.status, other.status, other.detail], ["compile_error", "compile_error", one.detail]);
  assert.equal(compiled(first, second), 1);
});

test("who cancels while it is compiled is not kept waiting, and who waits for the same makes it", LIMIT, async () => {
  const source = endless();
  const first = await cpp(source);
  await isCompiled(first);
  const second = await cpp(source);
  await ann.must(202, "POST", `/api/runs/${first.id}/cancel`);
  const done = await whole(first);
  assert.deepEqual([done.status, done.stdout], ["cancelled", ""]);
  await isCompiled(second);
  await ann.must(202, "POST", `/api/runs/${second.id}/cancel`);
  assert.equal((await whole(second)).status, "cancelled");
});

test("what a compiler says of a mistake is the output, and nothing is run", LIMIT, async () => {
  const done = await whole(await asked(fresh("int main(void) { return nothing; }")));
  assert.equal(done.status, "compile_error");
  assert.match(text(await chunksOf(ann, done), "stderr"), /main\.c:1:.*nothing/);
});

test("a program compiled for its test cases is compiled once, and each has limits of its own", LIMIT, async () => {
  const source = fresh(`#include <stdio.h>
#include <stdlib.h>
int main(void) { int n; if (scanf("%d", &n) != 1) return 3;
  if (n < 0) { volatile char *p = malloc(400u << 20); for (unsigned i = 0; i < 400u << 20; i += 4096) p[i] = 1; }
  printf("%d\\n", 2 * n); return 0; }`);
  const run = await asked(source, { cases: [{ input: "2", expected: "4" }, { input: "-1", expected: "-2" }, { input: "3", expected: "6" }] });
  const done = await whole(run);
  const { cases } = await ann.must(200, "GET", `/api/runs/${run.id}/cases`);
  assert.deepEqual(cases.map((c) => c.verdict.status), ["ok", "memory_limit", "ok"]);
  assert.deepEqual([done.cases.passed, compiled(run)], [2, 1]);
});

test("a program that cannot be compiled has no verdict for any case", LIMIT, async () => {
  const done = await whole(await asked(fresh("int main(void) {"), { cases: [{ input: "", expected: "" }] }));
  assert.deepEqual([done.status, done.cases.decided, done.cases.passed], ["compile_error", 0, 0]);
});

test("a processor of annotations that a Java program brings is not run by its compiler with any right", LIMIT, async () => {
  const files = [
    { path: "Main.java", content: fresh("class Main { public static void main(String[] a) { System.out.println(\"ran\"); } }") },
    { path: "META-INF/services/javax.annotation.processing.Processor", content: "Loot\n" },
    { path: "Loot.java", content: `import java.nio.file.*; import java.util.*; import javax.annotation.processing.*; import javax.lang.model.element.*;
@SupportedAnnotationTypes("*") public class Loot extends AbstractProcessor {
  static { try { System.err.println("ESCAPED " + Files.readString(Path.of("/etc/shadow"))); } catch (Throwable e) { } }
  public boolean process(Set<? extends TypeElement> s, RoundEnvironment r) { return false; } }` },
  ];
  const run = await asked(undefined, { language: "java", files });
  const done = await whole(run);
  const said = (await chunksOf(ann, done)).map((c) => c.data).join("");
  assert.ok(["ok", "compile_error"].includes(done.status), said);
  assert.doesNotMatch(said, /ESCAPED/);
});
