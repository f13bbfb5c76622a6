/*
 * restricted.test.mjs - Python in a room that restricts it: what is on the list runs as ever, the rest is refused in
 * words and at its line. It is a teaching aid: nothing here is about keeping programs in.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { api } from "../lib/api.mjs";
import { chunksOf, ended, text } from "./sandbox.mjs";

const TURN = 40;
const rooms = {};

/* A room of either kind, another one before its owner has run too much. */
async function room(restricted) {
  if (!rooms[restricted] || rooms[restricted].runs++ >= TURN) {
    const ann = await api.signup({ name: "Ann" });
    rooms[restricted] = { ann, room: await ann.must(201, "POST", "/api/rooms", { title: "Lists", restricted }), runs: 1 };
  }
  return rooms[restricted];
}

async function run(restricted, files, more = {}) {
  const { ann, room: where } = await room(restricted);
  const list = Object.entries(typeof files === "string" ? { "main.py": files } : files).map(([path, content]) => ({ path, content }));
  const asked = await ann.must(202, "POST", `/api/rooms/${where.id}/runs`, { language: "python", files: list, wall_ms: 60_000, ...more });
  const done = await ended(ann, asked);
  const chunks = await chunksOf(ann, done);
  return { status: done.status, exit_code: done.exit_code, stdout: text(chunks, "stdout"), stderr: text(chunks, "stderr") };
}

const ALLOWED = {
  "reading and printing": [`import sys\nname = input()\nprint("hello", name, sys.stdin.read().split(), sep=", ")`, "Ann\n1 2\n3"],
  "the modules of algorithms": `
import bisect, collections.abc, functools, heapq, itertools, json, math, random, re, string
from collections import Counter, defaultdict, deque, namedtuple
from dataclasses import dataclass, field
from enum import Enum
from typing import Iterable, get_type_hints
P = namedtuple("P", "x y")
@dataclass(order=True)
class Q:
    x: int = 0
    ys: list[int] = field(default_factory=list)
class Colour(Enum):
    RED = 1
@functools.lru_cache
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
random.seed(1)
print(P(1, 2), Q(3, [4]), Colour.RED, fib(50), Counter("abca"), math.gcd(12, 18), heapq.nsmallest(2, [3, 1, 2]))
print(json.dumps({"a": [1]}), re.findall("[0-9]+", "a1b22"), bisect.bisect([1, 3], 2), get_type_hints(Q), random.random())
`,
  "what a main program is": `import sys\nprint(__name__, __file__, sys.argv, sys.version_info >= (3, 9))\nif __name__ == "__main__":\n    sys.setrecursionlimit(5000)\n    sys.exit(3)`,
  "modules and packages of its own": {
    "main.py": "import helper\nfrom pkg.inner import twice\nimport pkg\nprint(helper.area(2), twice(4), pkg.NAME)",
    "helper.py": "import math\ndef area(r): return math.pi * r * r\n",
    "pkg/__init__.py": "NAME = 'pkg'\n",
    "pkg/inner.py": "from . import NAME\ndef twice(n): return NAME * 2, n * 2\n",
  },
  "an error, told as ever": `
def f(n):
    try:
        return [1, 2][n]
    except IndexError as e:
        raise ValueError("no such item") from e
print("before")
f(7)
`,
  "an error in another file": { "main.py": "import helper\nhelper.f()", "helper.py": "def f():\n    return 1 / 0\n" },
  "bad syntax": "print('one')\nfor i in range(3) print(i)\n",
  "bad syntax in another file": { "main.py": "import helper\n", "helper.py": "def f(:\n" },
  "a missing name": "print(lenght([1]))\n",
  "unittest": `
import unittest
class T(unittest.TestCase):
    def test_sum(self): self.assertEqual(sum([1, 2]), 3)
suite = unittest.defaultTestLoader.loadTestsFromTestCase(T)
result = unittest.TestResult()
suite.run(result)
print(result.testsRun, result.failures)
`,
};
for (const [what, program] of Object.entries(ALLOWED)) {
  test(`${what}: the same as without the list`, async () => {
    const [files, input] = Array.isArray(program) ? program : [program];
    const more = input === undefined ? {} : { input };
    const [restricted, free] = [await run(true, files, more), await run(false, files, more)];
    assert.deepEqual(restricted, free);
    assert.ok(free.stdout + free.stderr !== "");
  });
}

/* [program, what the last line of stderr says, the line that is named] */
const REFUSED = {
  "a module": ["\nimport socket\n", "ImportError: import of socket is not allowed in this room (restricted Python)", 2],
  "a part of a module": ["import os.path as p\n", "ImportError: import of os.path is not allowed", 1],
  "from a module": ["x = 1\n\nfrom subprocess import run\n", "ImportError: import of subprocess is not allowed", 3],
  "a module, later": ["def f():\n    import threading\n\nf()\n", "ImportError: import of threading is not allowed", 2],
  "a module by its function": ["m = __import__('ctypes')\n", "ImportError: import of ctypes is not allowed", 1],
  "a module that is not there": ["import numpy\n", "ImportError: import of numpy is not allowed", 1],
  "importlib": ["import importlib\n", "ImportError: import of importlib is not allowed", 1],
  builtins: ["import builtins\n", "ImportError: import of builtins is not allowed", 1],
  "a part of sys": ["from sys import modules\n", "ImportError: import of modules from sys is not allowed", 1],
  "an attribute of sys": ["import sys\nprint(sys.modules)\n", "AttributeError: sys.modules is not allowed", 2],
  "files by io": ["import io\nio.open('/etc/passwd')\n", "AttributeError: io.open is not allowed", 2],
  open: ["print(1)\nopen('/etc/passwd')\n", "NameError: open is not allowed in this room (restricted Python)", 2],
  eval: ["\n\nprint(eval('1 + 1'))\n", "NameError: eval is not allowed", 3],
  exec: ["exec('x = 1')\n", "NameError: exec is not allowed", 1],
  compile: ["compile('1', 'x', 'eval')\n", "NameError: compile is not allowed", 1],
  globals: ["print(globals())\n", "NameError: globals is not allowed", 1],
  breakpoint: ["breakpoint()\n", "NameError: breakpoint is not allowed", 1],
};
for (const [what, [program, message, line]] of Object.entries(REFUSED)) {
  test(`${what} is refused in words, at its line`, async () => {
    const done = await run(true, program);
    assert.deepEqual([done.status, done.exit_code], ["runtime_error", 1], done.stdout);
    const lines = done.stderr.trimEnd().split("\n");
    assert.ok(lines.at(-1).startsWith(message), done.stderr);
    const places = lines.filter((l) => /^ {2}File /.test(l));
    assert.match(places.at(-1), new RegExp(`"/w/main.py", line ${line}, in `), done.stderr);
    assert.ok(!done.stderr.includes("restricted.py"), done.stderr);
  });
}

test("other files of the program are held to the list, too", async () => {
  const done = await run(true, { "main.py": "import pkg.helper\n", "pkg/helper.py": "import math\n\nimport socket\n" });
  assert.match(done.stderr, /File "\/w\/main.py", line 1[^]*File "\/w\/pkg\/helper.py", line 3[^]*\nImportError: import of socket is not allowed/);
  assert.ok(!done.stderr.includes("restricted.py"), done.stderr);
});

test("who catches the refusal can go on", async () => {
  const done = await run(true, "try:\n    import numpy\nexcept ImportError as e:\n    print(e)\ntry:\n    open('x')\nexcept NameError as e:\n    print(e)\n");
  assert.deepEqual([done.status, done.stdout.split("\n").length], ["ok", 3]);
});

test("it is the room's setting, of Python alone, and a run keeps what held when it was asked for", async () => {
  const { ann, room: where } = await room(true);
  const free = await ann.must(202, "POST", `/api/rooms/${where.id}/runs`, { language: "javascript", files: [{ path: "main.js", content: "console.log(require('os').EOL.length)" }] });
  assert.equal((await ended(ann, free)).status, "ok");
  const asked = await ann.must(202, "POST", `/api/rooms/${where.id}/runs`, { language: "python", files: [{ path: "main.py", content: "import os" }] });
  await ann.must(200, "PATCH", `/api/rooms/${where.id}`, { restricted: false });
  assert.equal((await ended(ann, asked)).status, "runtime_error");
  assert.equal((await run(true, "import os")).status, "ok", "switched off");
  delete rooms[true];
});

test("a test run is held to it as well", async () => {
  const { ann, room: where } = await room(true);
  const asked = await ann.must(202, "POST", `/api/rooms/${where.id}/runs`, {
    language: "python", files: [{ path: "main.py", content: "import os\nprint(input())" }], cases: [{ input: "1", expected: "1" }],
  });
  assert.equal((await ended(ann, asked)).status, "runtime_error");
});
