/*
 * typing.test.mjs - programs that are typed into while they run, through a pipe and at a terminal.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { api, waitFor } from "../lib/api.mjs";
import { chunksOf, ended, place, text } from "./sandbox.mjs";

/* A run that waits for what a person types. */
class Typed {
  constructor(ann, room, run) {
    Object.assign(this, { ann, room, run });
  }

  async type(data, more = {}) {
    return this.ann.must(204, "POST", `/api/runs/${this.run.id}/input`, { data, ...more });
  }

  async output(stream = "stdout") {
    return text((await this.ann.must(200, "GET", `/api/runs/${this.run.id}/output`)).chunks, stream);
  }

  /* Waits until it has printed something that matches. */
  async sees(pattern) {
    return waitFor(async () => pattern.exec(await this.output()), { within: 60_000, every: 25, what: `${pattern} of run ${this.run.id}` });
  }

  async end() {
    const run = await ended(this.ann, this.run, 120_000);
    const chunks = await chunksOf(this.ann, run);
    assert.deepEqual(chunks.map((c) => c.seq), chunks.map((_, i) => i + 1));
    return { ...run, chunks, stdout: text(chunks, "stdout"), stderr: text(chunks, "stderr") };
  }
}

/* Where a chunk is to be a whole line it is written at once: print() writes its end apart, and it may be shown apart. */
async function start(content, { language = "python", ...more } = {}) {
  const { ann, room } = await place();
  return new Typed(ann, room, await api.run(ann, room, content, { language, interactive: true, ...more }));
}

test("a prompt is shown before its answer is typed, and the answer at its place in the output", async () => {
  const it = await start("import sys\nname = input('Name? ')\nage = int(input('Age? '))\nsys.stdout.write(f'{name} is {age}\\n')");
  await it.sees(/^Name\? $/);
  await it.type("Zoë\n");
  await it.sees(/^Name\? Age\? $/);
  await it.type("42\n");
  const done = await it.end();
  assert.equal(done.status, "ok");
  assert.deepEqual(
    done.chunks.map((c) => [c.stream, c.data]),
    [["stdout", "Name? "], ["stdin", "Zoë\n"], ["stdout", "Age? "], ["stdin", "42\n"], ["stdout", "Zoë is 42\n"]],
  );
  const me = (await it.ann.must(200, "GET", it.room.path)).me;
  assert.deepEqual(done.chunks.map((c) => c.participant), [undefined, me, undefined, me, undefined]);
});

test("the room hears who typed what, and the chunks are those that are stored", async () => {
  const { ann, room } = await place();
  const bob = await api.guest(room, "candidate", { name: "Bob" });
  const eve = await api.guest(room, "observer");
  const ear = await eve.socket(`${room.ws}/events`);
  const louder = "import sys\nfor line in iter(input, ''): sys.stdout.write(line.upper() + '\\n')";
  const run = await api.run(ann, room, louder, { interactive: true });
  await bob.must(204, "POST", `/api/runs/${run.id}/input`, { data: "one\n" });
  await ear.next((e) => e.type === "run_output" && e.chunk.data === "ONE\n", { within: 60_000 });
  await ann.must(204, "POST", `/api/runs/${run.id}/input`, { data: "\n" });
  await ear.next((e) => e.type === "run" && e.run.id === run.id && e.run.ended_at, { within: 60_000 });
  const heard = ear.messages.filter((e) => e.type === "run_output" && e.run === run.id).map((e) => e.chunk);
  assert.deepEqual(heard, await chunksOf(ann, run));
  assert.equal(heard.find((c) => c.stream === "stdin").participant, bob.id);
  await ear.close();
});

test("input that was given comes first; what was typed before the start is not lost", async () => {
  const it = await start("import sys, time\ntime.sleep(0.5)\nfor line in sys.stdin: print(line.strip() + '.')", { input: "given\n" });
  await it.type("typed\n");
  await it.type("", { eof: true });
  const done = await it.end();
  assert.deepEqual([done.status, done.stdout], ["ok", "given.\ntyped.\n"]);
});

test("an end of input ends it, and nothing is taken behind it", async () => {
  const it = await start("import sys, time\nprint(repr(sys.stdin.read()), flush=True)\ntime.sleep(60)");
  await it.type("last", { eof: true });
  await it.sees(/'last'/);
  const late = await it.ann.post(`/api/runs/${it.run.id}/input`, { data: "more" });
  assert.deepEqual([late.status, late.problem], [409, "conflict"]);
  await it.ann.must(202, "POST", `/api/runs/${it.run.id}/cancel`);
  const done = await it.end();
  assert.equal(text(done.chunks, "stdin"), "last\u0004");
});

test("node reads lines as they come", async () => {
  const it = await start(
    `const rl = require("readline").createInterface({ input: process.stdin, output: process.stdout, terminal: false });
rl.question("n? ", (n) => { console.log(n * 2); rl.on("line", (l) => console.log("line", l)); rl.on("close", () => console.log("closed")); });`,
    { language: "javascript" },
  );
  await it.sees(/n\? $/);
  await it.type("21\n");
  await it.sees(/42/);
  await it.type("é\n", { eof: true });
  const done = await it.end();
  assert.equal(done.stdout, "n? 42\nline é\nclosed\n");
});

test("many pieces arrive whole and in order", async () => {
  const it = await start("import sys\ndata = sys.stdin.read().split()\nprint(len(data), data == [str(i) for i in range(len(data))])");
  for (let i = 0; i < 300; i++) await it.type(`${i} `);
  await it.type("", { eof: true });
  const done = await it.end();
  assert.equal(done.stdout, "300 True\n");
  assert.equal(text(done.chunks, "stdin").length, Array.from({ length: 300 }, (_, i) => `${i} `).join("").length + 1);
});

test("a program that does not read makes who types wait, and loses nothing", async () => {
  const it = await start("import sys, time\nprint('on', flush=True)\ntime.sleep(12)\nprint(len(sys.stdin.read()))");
  await it.sees(/on/);
  let sent = 0;
  let full;
  for (let i = 0; i < 200 && !full; i++) {
    const res = await it.ann.post(`/api/runs/${it.run.id}/input`, { data: "x".repeat(4096) });
    if (res.status === 204) sent += 4096;
    else full = res;
  }
  assert.deepEqual([full?.status, full?.problem], [429, "limit"]);
  assert.ok(sent >= 65536 && sent < 400_000, `${sent} bytes waited`);
  await waitFor(async () => (await it.ann.post(`/api/runs/${it.run.id}/input`, { data: "", eof: true })).status === 204, {
    within: 60_000,
    every: 200,
    what: "it to read",
  });
  assert.equal((await it.end()).stdout, `on\n${sent}\n`);
});

test("a terminal is one: isatty, its size, one stream, echo", async () => {
  const it = await start(
    "import os, sys\nprint(all(os.isatty(i) for i in range(3)), tuple(os.get_terminal_size()), os.ttyname(0))\nprint('err', file=sys.stderr)\nprint('got', input('? '))",
    { terminal: { rows: 30, columns: 101 } },
  );
  await it.sees(/\? $/);
  await it.type("hi\r");
  const done = await it.end();
  assert.deepEqual([done.status, done.terminal], ["ok", { rows: 30, columns: 101 }]);
  assert.match(done.stdout, /^True \(101, 30\) \/dev\/pts\/\d+\r\nerr\r\n\? hi\r\ngot hi\r\n$/);
  assert.deepEqual([done.stderr, text(done.chunks, "stdin")], ["", "hi\r"]);
});

test("at a terminal Ctrl-C interrupts, Ctrl-D is the end of input", async () => {
  const sleeper = await start("import time\ntry:\n    print('on', flush=True)\n    time.sleep(100)\nexcept KeyboardInterrupt:\n    print('interrupted')", {
    terminal: { rows: 24, columns: 80 },
  });
  await sleeper.sees(/on\r\n/);
  await sleeper.type("\u0003");
  assert.match((await sleeper.end()).stdout, /^on\r\n\^Cinterrupted\r\n$/);
  const reader = await start("try:\n    print('on', flush=True)\n    input()\nexcept EOFError:\n    print('the end')", { terminal: { rows: 24, columns: 80 } });
  await reader.sees(/on/);
  await reader.type("", { eof: true });
  assert.match((await reader.end()).stdout, /^on\r\nthe end\r\n$/);
});

test("a program at a terminal may close it and go on", async () => {
  const it = await start("import os, time\nprint('on', flush=True)\nfor i in range(3): os.close(i)\ntime.sleep(0.5)", { terminal: { rows: 24, columns: 80 } });
  const done = await it.end();
  assert.deepEqual([done.status, done.stdout], ["ok", "on\r\n"]);
});

test("it has its time, and is told so", async () => {
  const it = await start("input()", { wall_ms: 700 });
  assert.equal((await it.end()).status, "time_limit");
  const gone = await it.ann.post(`/api/runs/${it.run.id}/input`, { data: "x" });
  assert.deepEqual([gone.status, gone.problem], [410, "gone"]);
});
