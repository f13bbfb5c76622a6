/*
 * run.test.mjs - what a program sees of its run, and what a person sees of the program.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { api, waitFor } from "../lib/api.mjs";
import { chunksOf, ended, get, javascript, place, python, run, submit, text } from "./sandbox.mjs";

/* For a slot, too: another suite may have them all. */
const PATIENCE = 120_000;
/* ms for a program to begin and to say something, before its time is over: any process may stand still for a second or two. */
const WALL = 4000;

/* What it has printed so far. */
const printed = async (person, run, stream) => text((await person.must(200, "GET", `/api/runs/${run.id}/output`)).chunks, stream);

test("stdout and stderr are kept apart, and in the order of their writing", async () => {
  /* It goes on when it is told: what waits in both at once is read from stdout first. */
  const content = `
import sys
for i in range(3):
    for f in sys.stdout, sys.stderr:
        print(f.name, i, file=f)
        input()
`;
  const { ann, run: asked } = await submit({ language: "python", files: [{ path: "main.py", content }], interactive: true });
  for (let i = 0; i < 3; i++)
    for (const stream of ["stdout", "stderr"]) {
      await waitFor(async () => (await printed(ann, asked, stream)).endsWith(`> ${i}\n`), { within: PATIENCE, what: `${stream} ${i}` });
      await ann.must(204, "POST", `/api/runs/${asked.id}/input`, { data: "\n" });
    }
  const chunks = await chunksOf(ann, await ended(ann, asked));
  assert.equal(text(chunks, "stdout"), "<stdout> 0\n<stdout> 1\n<stdout> 2\n");
  assert.equal(text(chunks, "stderr"), "<stderr> 0\n<stderr> 1\n<stderr> 2\n");
  const order = chunks.map((c) => c.stream).filter((s) => s !== "stdin").filter((s, i, all) => s !== all[i - 1]);
  assert.deepEqual(order, ["stdout", "stderr", "stdout", "stderr", "stdout", "stderr"]);
});

test("output arrives while the program runs", async () => {
  const { ann, run: asked } = await submit({
    language: "python",
    files: [{ path: "main.py", content: "import sys\nprint('first')\nsys.stdin.read()\nimport time\ntime.sleep(60)\n" }],
    wall_ms: 90_000,
  });
  const early = await waitFor(async () => {
    const page = await ann.must(200, "GET", `/api/runs/${asked.id}/output`);
    return page.chunks.length > 0 && page;
  }, { within: PATIENCE, what: "the first chunk" });
  assert.equal(early.done, false);
  assert.match(early.chunks[0].data, /^first/);
  assert.equal((await get(ann, asked)).status, "running");
  await ann.must(202, "POST", `/api/runs/${asked.id}/cancel`);
  assert.equal((await ended(ann, asked)).status, "cancelled");
});

test("everyone in the room hears chunks and states, in order, each once", async () => {
  const { ann, room } = await place();
  const ear = await ann.socket(`${room.ws}/events`);
  const asked = await ann.must(202, "POST", `${room.path}/runs`, {
    language: "python",
    files: [{ path: "main.py", content: "import time\nfor i in range(40):\n    print(i)\n    time.sleep(0.1)\n" }],
    wall_ms: 60_000,
  });
  await ear.next((e) => e.type === "run" && e.run.id === asked.id && e.run.ended_at, { within: PATIENCE });
  const heard = ear.messages.filter((e) => (e.run?.id ?? e.run) === asked.id);
  const chunks = heard.filter((e) => e.type === "run_output").map((e) => e.chunk);
  assert.deepEqual(chunks.map((c) => c.seq), chunks.map((_, i) => i + 1));
  assert.equal(chunks.map((c) => c.data).join(""), [...Array(40).keys()].map((i) => `${i}\n`).join(""));
  assert.ok(chunks.length >= 3, `it streamed: ${chunks.length} chunks`);
  const states = heard.filter((e) => e.type === "run").map((e) => e.run.status);
  assert.deepEqual(states.filter((s) => s !== "queued" && s !== "starting"), ["running", "ok"]);
  await ear.close();
});

test("a program reads its input to the end, and need not", async () => {
  const input = "é€😀\n".repeat(2000);
  const done = await python("import sys\nd = sys.stdin.read()\nprint(len(d), d.count('😀'))", { input });
  assert.equal(done.stdout, "10000 2000\n".replace("10000", String([...input].length)));
  assert.equal((await python("print('did not ask')", { input })).stdout, "did not ask\n");
  assert.equal((await python("import sys\nprint(repr(sys.stdin.read()))")).stdout, "''\n");
});

test("exit codes", async () => {
  for (const code of [0, 1, 3, 137, 255]) {
    const done = await python(`import sys\nsys.exit(${code})`);
    assert.deepEqual([done.status, done.exit_code, done.signal], [code ? "runtime_error" : "ok", code, undefined]);
  }
});

test("signals are told apart from exit codes, and explained", async () => {
  const kill = (signal) => python(`import os, signal\nos.kill(os.getpid(), signal.${signal})`);
  for (const [signal, number] of [["SIGSEGV", 11], ["SIGABRT", 6], ["SIGKILL", 9], ["SIGFPE", 8]]) {
    const done = await kill(signal);
    assert.deepEqual([done.status, done.exit_code, done.signal], ["runtime_error", undefined, number]);
    assert.match(done.detail, new RegExp(signal));
  }
});

test("several files, folders, and a start file of another name", async () => {
  const done = await run({
    language: "python",
    files: [
      { path: "pkg/deep/mod.py", content: "def f():\n    return open('data/a.txt').read()\n" },
      { path: "pkg/deep/__init__.py", content: "" },
      { path: "data/a.txt", content: "from a file" },
      { path: "main.py", content: "from pkg.deep.mod import f\nprint(f())\n" },
    ],
  });
  assert.equal(done.stdout, "from a file\n");
  const other = await run({ language: "python", files: [{ path: "solve.py", content: "print(__file__)" }] });
  assert.equal(other.stdout, "/w/solve.py\n");
});

test("5000 characters, of any kind, run as they are", async () => {
  const head = "print(len('", tail = "'))\n";
  const done = await python(head + "😀".repeat(5000 - head.length - tail.length) + tail);
  assert.equal(done.stdout, `${5000 - head.length - tail.length}\n`);
});

test("bytes that are no text are shown safely, and no character is ever split", async () => {
  const odd = await python(`
import os, time
os.write(1, b"\\xc3"); time.sleep(0.1); os.write(1, b"\\xa9")
os.write(1, b"\\xff\\x00\\xed\\xa0\\x80.")
`);
  assert.equal(odd.stdout, "é\ufffd\u2400\ufffd\ufffd\ufffd.");
  const many = await python("import os\nd = '€'.encode() * 60000\nos.write(1, d[:1]); os.write(1, d[1:100001]); os.write(1, d[100001:])");
  assert.equal(many.stdout, "€".repeat(many.stdout.length));
  assert.ok(many.stdout.length > 20000);
});

test("time: it is stopped when its time is over, and what it printed stays", async () => {
  const done = await python("print('before')\nimport time\ntime.sleep(60)", { wall_ms: WALL + 500 });
  assert.deepEqual([done.status, done.stdout], ["time_limit", "before\n"]);
  assert.match(done.detail, /4\.5 s/);
  /* Its time begins when it is handed over: until it is taken up there, some may have passed. */
  assert.ok(done.wall_ms >= 1500 && done.wall_ms < 12_000, `it ran ${done.wall_ms} ms`);
  assert.equal((await python("while True: pass", { wall_ms: 500 })).status, "time_limit");
  assert.equal((await javascript("for (;;);", { wall_ms: 1000 })).status, "time_limit");
});

test("a program that ignores every signal it can is stopped like any other", async () => {
  const done = await python(`
import signal, time
for s in range(1, 65):
    try: signal.signal(s, signal.SIG_IGN)
    except (OSError, ValueError): pass
print("deaf")
time.sleep(60)
`, { wall_ms: WALL });
  assert.deepEqual([done.status, done.stdout], ["time_limit", "deaf\n"]);
});

test("memory: who wants more than there is is stopped, and told so", async () => {
  const done = await python("print('before')\na = []\nwhile True: a.append('x' * 1000000)");
  assert.deepEqual([done.status, done.stdout], ["memory_limit", "before\n"]);
  assert.match(done.detail, /256 MiB/);
  assert.ok(done.memory_kb > 200_000 && done.memory_kb <= 262_144, `${done.memory_kb} kB`);
  assert.equal((await python("f = open('/w/x', 'wb')\nwhile True: f.write(b'x' * 65536)")).status, "runtime_error");
});

test("output: the first mebibyte is shown whole, then it is stopped", async () => {
  const done = await python("while True: print('x' * 1000)");
  assert.equal(done.status, "output_limit");
  assert.match(done.detail, /1 MiB/);
  assert.equal(done.stdout.length, 1 << 20);
  const both = await python("import os\nwhile True:\n    os.write(1, b'o' * 4096)\n    os.write(2, b'e' * 4096)");
  assert.equal(both.status, "output_limit");
  assert.equal(both.stdout.length + both.stderr.length, 1 << 20);
});

test("a run can be cancelled, and what it printed stays", async () => {
  const { ann, run: asked } = await submit({
    language: "python",
    files: [{ path: "main.py", content: "print('here')\nimport time\ntime.sleep(60)" }],
    wall_ms: 60000,
  });
  await waitFor(async () => (await printed(ann, asked, "stdout")) !== "", { within: PATIENCE, what: "it to print" });
  await ann.must(202, "POST", `/api/runs/${asked.id}/cancel`);
  const done = await ended(ann, asked);
  assert.equal(done.status, "cancelled");
  assert.ok(done.wall_ms < 40_000, "soon, not when its time is over");
  assert.match((await ann.must(200, "GET", `/api/runs/${asked.id}/output`)).chunks[0].data, /^here/);
});

test("the same key is the same run: it runs once", async () => {
  const { ann, room } = await place();
  const body = {
    language: "python",
    files: [{ path: "main.py", content: "print('once')" }],
    idempotency_key: randomBytes(8).toString("hex"),
  };
  const asked = await Promise.all([1, 2, 3].map(() => ann.must(202, "POST", `${room.path}/runs`, body)));
  assert.equal(new Set(asked.map((r) => r.id)).size, 1);
  await ended(ann, asked[0]);
  assert.equal((await ann.must(202, "POST", `${room.path}/runs`, body)).id, asked[0].id);
  assert.equal((await ann.must(200, "GET", `${room.path}/runs`)).runs.length >= 1, true);
});

test("runs of a room start in the order they were asked for", async () => {
  const ann = await api.signup();
  const room = await api.room(ann);
  const ids = [];
  for (let i = 0; i < 5; i++) ids.push((await api.run(ann, room, "import time\ntime.sleep(0.7)")).id);
  const done = await Promise.all(ids.map((id) => ended(ann, { id })));
  assert.deepEqual(done.map((r) => r.status), ids.map(() => "ok"));
  const at = done.map((r) => Date.parse(r.started_at));
  /* Free slots start side by side, and which writes its time first is chance: but none overtakes a sleep. */
  for (let i = 1; i < at.length; i++) assert.ok(at[i] > at[i - 1] - 650, `started at ${at.map((t) => t - at[0])}`);
});

test("what a run used is told: processor, time, memory", async () => {
  const done = await python("x = bytearray(50 << 20)\nimport time\nt = time.process_time()\nwhile time.process_time() - t < 0.3: pass");
  assert.equal(done.status, "ok");
  assert.ok(done.cpu_ms >= 290 && done.cpu_ms < 2000, `${done.cpu_ms} ms of processor`);
  assert.ok(done.wall_ms >= done.cpu_ms * 0.9, `${done.wall_ms} ms`);
  assert.ok(done.memory_kb > 50_000 && done.memory_kb < 120_000, `${done.memory_kb} kB`);
});

test("what a program starts counts as its own, though nobody waits for it", async () => {
  const done = await python(`
import os, signal, time
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
there, here = os.pipe()
if os.fork() == 0:
    while time.process_time() < 0.5:
        pass
    os._exit(0)
os.close(here)
os.read(there, 1)
`);
  assert.equal(done.status, "ok", done.stderr);
  assert.ok(done.cpu_ms >= 490 && done.cpu_ms < 2000, `${done.cpu_ms} ms of processor`);
});

test("a program gets half a processor", async () => {
  const done = await python("while True: pass", { wall_ms: 4000 });
  assert.ok(done.cpu_ms < done.wall_ms * 0.5 + 300, `${done.cpu_ms} ms of processor in ${done.wall_ms} ms`);
});
