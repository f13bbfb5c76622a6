/*
 * cases.test.mjs - test runs: a verdict for each case, limits for each case, one end for the run.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { waitFor } from "../lib/api.mjs";
import { ended, place, submit } from "./sandbox.mjs";

/* For programs that end by themselves: the machine may be slow. */
const PATIENT_MS = 60_000;

const file = { python: "main.py", javascript: "main.js" };

/* A test run that has ended, its cases beside it. */
async function tried(language, content, cases, more = {}) {
  const { ann, run: asked } = await submit({
    language, files: [{ path: file[language], content }], cases, wall_ms: PATIENT_MS, ...more,
  });
  const run = await ended(ann, asked, 180_000);
  return { ann, run, cases: (await ann.must(200, "GET", `/api/runs/${run.id}/cases`)).cases };
}

const verdicts = (cases) => cases.map((c) => c.verdict.status);
const SUM = "a, b = map(int, input().split())\nprint(a + b)\n";

test("all that print what is expected pass, and so does the run", async () => {
  const { run, cases } = await tried("python", SUM, [
    { name: "small", input: "1 2\n", expected: "3\n" },
    { input: "20 22", expected: "42" },
    { input: "-1 1\r\n", expected: "0 \r\n\r\n" },
  ]);
  assert.deepEqual(verdicts(cases), ["ok", "ok", "ok"]);
  assert.deepEqual([run.status, run.cases], ["ok", { total: 3, decided: 3, passed: 3 }]);
  assert.match(run.detail, /3 of 3/);
  const [first] = cases;
  assert.deepEqual([first.input, first.expected, first.output, first.errors, first.cut, first.line], ["1 2\n", "3\n", "3\n", "", undefined, undefined]);
  assert.deepEqual([first.verdict.number, first.verdict.name, first.verdict.hidden, first.verdict.exit_code], [1, "small", false, 0]);
  for (const { verdict } of cases) assert.ok(verdict.wall_ms >= 0 && verdict.cpu_ms >= 0 && verdict.memory_kb > 1000, JSON.stringify(verdict));
  assert.equal(run.wall_ms, cases.reduce((sum, c) => sum + c.verdict.wall_ms, 0));
  assert.equal(run.memory_kb, Math.max(...cases.map((c) => c.verdict.memory_kb)));
});

test("each case has its own verdict, and the run the first that is not good", async () => {
  const program = `
import os, sys
what = input()
if what == "wrong": print("1\\n2\\n4")
elif what == "crash": raise ValueError("no such thing")
elif what == "large": x = bytearray(400 << 20); x[::4096] = b"x" * len(x[::4096])
elif what == "loud":
    while True: print("x" * 1000)
elif what == "exit": sys.exit(3)
elif what == "signal": os.abort()
else: print("1\\n2\\n3")
`;
  const inputs = ["right", "wrong", "crash", "large", "loud", "exit", "signal", "right"];
  const { run, cases } = await tried("python", program, inputs.map((input) => ({ input, expected: "1\n2\n3\n" })));
  assert.deepEqual(verdicts(cases), [
    "ok", "wrong_answer", "runtime_error", "memory_limit", "output_limit", "runtime_error", "runtime_error", "ok",
  ]);
  assert.deepEqual([run.status, run.cases], ["wrong_answer", { total: 8, decided: 8, passed: 2 }]);
  assert.equal(cases[1].line, 3);
  assert.match(cases[2].errors, /line 5, in <module>\n[^]*ValueError: no such thing/);
  assert.ok(cases[4].cut && cases[4].output.length <= 16384);
  assert.deepEqual([cases[5].verdict.exit_code, cases[6].verdict.signal], [3, 6]);
});

test("JavaScript is judged the same way", async () => {
  const program = `const [a, b] = require("fs").readFileSync(0, "utf8").split(" ").map(Number);\nconsole.log(a * b);`;
  const { run, cases } = await tried("javascript", program, [{ input: "6 7", expected: "42" }, { input: "6 7", expected: "43" }]);
  assert.deepEqual([verdicts(cases), run.status], [["ok", "wrong_answer"], "wrong_answer"]);
});

test("every case begins in a fresh sandbox", async () => {
  const program = "import os\nprint(sorted(os.listdir('/w')))\nopen('/w/mark', 'w').close()\nopen('/tmp/mark', 'w').close()\n";
  const { cases } = await tried("python", program, Array(3).fill({ input: "", expected: "['main.py']" }));
  assert.deepEqual(verdicts(cases), ["ok", "ok", "ok"], JSON.stringify(cases));
});

test("nothing of what is expected is in the sandbox", async () => {
  const program = `
import os, sys
needle = "needle-in-" + "a-haystack"
found = [k for k, v in os.environ.items() if needle in v] + [a for a in sys.argv if needle in a]
for top in ("/w", "/tmp", "/dev/shm", "/run", "/.viva"):
    for folder, _, names in os.walk(top):
        for name in names:
            try:
                if needle.encode() in open(os.path.join(folder, name), "rb").read(1 << 20): found.append(name)
            except OSError: pass
found += [l for l in sys.stdin if needle in l]
print(found)
`;
  const { cases } = await tried("python", program, [{ input: "x", expected: "needle-in-a-haystack" }]);
  assert.equal(cases[0].output, "[]\n");
});

test("bytes that are no text are wrong, not equal to the sign that is shown for them", async () => {
  const { cases } = await tried("python", "import os\nos.write(1, b'\\xff\\x00')\n", [{ input: "", expected: "\ufffd\u2400" }]);
  assert.deepEqual([verdicts(cases), cases[0].output], [["wrong_answer"], "\ufffd\u2400"]);
});

test("everyone hears each verdict as it falls, visible cases first", async () => {
  const { ann, room } = await place();
  const ear = await ann.socket(`${room.ws}/events`);
  const cases = [{ input: "1", expected: "1", hidden: true, name: "secret" }, { input: "2", expected: "2" }, { input: "3", expected: "0" }];
  const files = [{ path: "main.py", content: "print(input())" }];
  const run = await ann.must(202, "POST", `${room.path}/runs`, { language: "python", files, cases, wall_ms: PATIENT_MS });
  assert.deepEqual(run.cases, { total: 3, decided: 0, passed: 0 });
  await ear.next((e) => e.type === "run" && e.run.id === run.id && e.run.ended_at, { within: 180_000 });
  const heard = ear.messages.filter((e) => (e.run?.id ?? e.run) === run.id);
  const fell = heard.filter((e) => e.type === "run_case").map((e) => e.verdict);
  assert.deepEqual(fell.map((v) => [v.number, v.status]), [[2, "ok"], [3, "wrong_answer"], [1, "ok"]]);
  assert.deepEqual(fell[2], { number: 1, name: "secret", hidden: true, status: "ok" }, "of a hidden one only this");
  assert.equal(heard.filter((e) => e.type === "run_output").length, 0);
  assert.equal(heard.filter((e) => e.type === "run" && e.run.ended_at).length, 1);
  assert.equal(heard.at(-1).type, "run");
  await ear.close();
});

test("a test run can be stopped in the midst: verdicts stay, the rest is not run", async () => {
  const cases = [{ input: "0", expected: "" }, { input: "60", expected: "" }, { input: "0", expected: "" }];
  const { ann, run: asked } = await submit({
    language: "python", files: [{ path: "main.py", content: "import time\ntime.sleep(int(input()))" }], cases, wall_ms: 60000,
  });
  const got = async () => (await ann.must(200, "GET", `/api/runs/${asked.id}/cases`)).cases;
  await waitFor(async () => (await got())[0].verdict.status === "ok", { within: 120_000, what: "the first verdict" });
  await ann.must(202, "POST", `/api/runs/${asked.id}/cancel`);
  const run = await ended(ann, asked);
  assert.deepEqual([run.status, run.cases], ["cancelled", { total: 3, decided: 1, passed: 1 }]);
  assert.deepEqual(verdicts(await got()), ["ok", "not_run", "not_run"]);
});

test("time is each case's own", async () => {
  const { run, cases } = await tried("python", "while True: pass", Array(2).fill({ input: "", expected: "" }), { wall_ms: 3000 });
  assert.deepEqual([run.status, verdicts(cases)], ["time_limit", ["time_limit", "time_limit"]]);
  /* Its time begins when it is handed over: until it is taken up there, some may have passed. */
  for (const { verdict } of cases) assert.ok(verdict.wall_ms >= 600, `${verdict.wall_ms} ms`);
});
