/*
 * libraries.test.mjs - a run brings a list of libraries; they come from one index and from nowhere else.
 *
 * Runners of our own (host.mjs) are told of an index that is ours too (index.mjs).
 */
import assert from "node:assert/strict";
import http from "node:http";
import { after, before, test } from "node:test";
import { api, waitFor } from "../lib/api.mjs";
import { index } from "./index.mjs";
import { language } from "./host.mjs";
import { chunksOf, ended, get, text } from "./sandbox.mjs";

const LIMIT = { timeout: 300_000 };
const PATIENCE = 180_000;
const PRINT = "import greeting\nprint(greeting.hello())\n";

let ann, room, shelf, python, javascript, runner;

before(async () => {
  ann = await api.signup({ name: "Ann" });
  room = await api.room(ann);
  shelf = await index();
  shelf.wheel("greeting", "1.0", { "greeting.py": "from word import WORD\ndef hello():\n    return WORD + ', library'\n" }, { needs: ["word==2.0"] });
  shelf.wheel("word", "2.0", { "word.py": "WORD = 'hello'\n" });
  [python, javascript] = [await language("python"), await language("javascript")];
  const env = { VIVA_PYPI: shelf.pypi, VIVA_NPM: shelf.npm };
  runner = await python.runner({ slots: 3, env });
  await javascript.runner({ slots: 2, env });
});
after(async () => {
  await shelf.close();
  await python?.forget();
  await javascript?.forget();
});

const submit = (q, files) =>
  ann.must(202, "POST", `${room.path}/runs`, {
    language: q.name,
    files: Object.entries(files).map(([path, content]) => ({ path, content })),
    wall_ms: 60_000,
  });

async function run(q, files) {
  const done = await ended(ann, await submit(q, files), PATIENCE);
  const chunks = await chunksOf(ann, done);
  return { ...done, stdout: text(chunks, "stdout"), stderr: text(chunks, "stderr") };
}

const py = (wants, code = PRINT) => run(python, { "main.py": code, "requirements.txt": wants });
const js = (wants, code) => run(javascript, { "main.js": code, "package.json": JSON.stringify({ dependencies: wants }) });

test("a library and what it needs are there, and the next run does not ask for them again", LIMIT, async () => {
  const first = await py("greeting==1.0\n");
  assert.equal(first.stdout, "hello, library\n", first.stderr);
  assert.equal(first.status, "ok");
  const asked = shelf.asked.length;
  assert.equal((await py("# the same\ngreeting == 1.0")).stdout, "hello, library\n");
  assert.equal(shelf.asked.length, asked);
});

test("runs that want the same at once have it made once", LIMIT, async () => {
  const file = shelf.wheel("shared", "1.0", { "shared.py": "X = 7\n" });
  const all = await Promise.all([1, 2, 3].map((i) => py("shared==1.0", `import shared\nprint(shared.X, ${i})\n`)));
  assert.deepEqual(all.map((r) => r.stdout), ["7 1\n", "7 2\n", "7 3\n"]);
  assert.equal(shelf.times(file), 1);
});

test("Node finds its libraries, scoped ones too, and none of their scripts has run", LIMIT, async () => {
  shelf.package("shout", "1.0.0", { "index.js": "module.exports = (s) => require('@viva/mark')(s.toUpperCase());" },
    { dependencies: { "@viva/mark": "1.0.1" }, scripts: { postinstall: "touch /w/node_modules/ran" } });
  shelf.package("@viva/mark", "1.0.1", { "index.js": "module.exports = (s) => s + '!';" });
  const done = await js({ shout: "1.0.0" }, "console.log(require('shout')('hello'), require('fs').readdirSync('/node_modules').join())");
  assert.equal(done.stdout, "HELLO! @viva,shout\n", done.stderr);
});

test("a program cannot change its libraries, nor reach the index", LIMIT, async () => {
  const done = await py("word==2.0", `
import os, socket, word
for what in (lambda: open(word.__file__, "a"), lambda: os.unlink(word.__file__),
             lambda: socket.create_connection(("127.0.0.1", ${shelf.port}), 2)):
    try:
        what()
        print("it could")
    except OSError as e:
        print(type(e).__name__)
`);
  assert.equal(done.status, "ok", done.stderr);
  assert.doesNotMatch(done.stdout, /it could/);
  assert.equal(done.stdout.split("\n").length, 4);
});

test("what the index does not have ends as dependency_error, and the installer's words are the output", LIMIT, async () => {
  const done = await py("greeting==9.9");
  assert.equal(done.status, "dependency_error");
  assert.match(done.stderr, /greeting==9\.9/);
  assert.match(done.detail, /libraries could not be installed/);
  const node = await js({ nothing: "1.0.0" }, "console.log(1)");
  assert.equal(node.status, "dependency_error");
  assert.match(node.stderr, /404/);
});

test("a list that is not strict is refused with its line, and nobody is asked", LIMIT, async () => {
  const asked = shelf.asked.length;
  const done = await py("greeting==1.0\n--index-url http://elsewhere/\n");
  assert.equal(done.status, "dependency_error");
  assert.match(done.detail, /requirements\.txt, line 2/);
  assert.match((await js({ shout: "^1.0.0" }, "")).detail, /shout wants one exact version/);
  assert.equal(shelf.asked.length, asked);
});

test("a list that asks for nothing is an ordinary run", LIMIT, async () => {
  assert.equal((await py("# none\n", "print(1)")).stdout, "1\n");
  assert.equal((await run(javascript, { "main.js": "console.log(2)", "package.json": '{"type":"commonjs"}' })).stdout, "2\n");
});

test("where no index is set, libraries are refused in words", LIMIT, async () => {
  const plain = await language("python");
  try {
    await plain.runner();
    const done = await run(plain, { "main.py": "print(1)", "requirements.txt": "greeting==1.0" });
    assert.equal(done.status, "dependency_error");
    assert.match(done.detail, /not offered here \(VIVA_PYPI is not set\)/);
  } finally {
    await plain.forget();
  }
});

test("the index cannot send the installer to another port or host", LIMIT, async () => {
  let reached = 0;
  const other = http.createServer((ask, reply) => {
    reached++;
    reply.end();
  });
  await new Promise((done) => other.listen(0, "127.0.0.1", done));
  const elsewhere = `http://127.0.0.1:${other.address().port}`;
  shelf.page("lured", `${elsewhere}/wheels/lured-1.0-py3-none-any.whl`);
  shelf.serve("/wheels/moved-1.0-py3-none-any.whl", (ask, reply) => reply.writeHead(302, { location: `${elsewhere}/x.whl` }).end());
  shelf.page("moved", "/wheels/moved-1.0-py3-none-any.whl");
  assert.equal((await py("lured==1.0")).status, "dependency_error");
  assert.equal((await py("moved==1.0")).status, "dependency_error");
  assert.equal(reached, 0);
  await new Promise((done) => other.close(done));
});

test("nothing is built from source", LIMIT, async () => {
  shelf.serve("/wheels/built-1.0.tar.gz", Buffer.from("not even looked at"));
  shelf.page("built", "/wheels/built-1.0.tar.gz");
  const done = await py("built==1.0");
  assert.equal(done.status, "dependency_error");
  assert.equal(shelf.times("/wheels/built-1.0.tar.gz"), 0);
});

test("a wheel that leads out of its folder, or is too large, harms nobody", LIMIT, async () => {
  shelf.wheel("outside", "1.0", { "../../../../../usr/lib/python3/evil.py": "x", "outside.py": "X = 1\n" });
  const out = await py("outside==1.0", "import outside\nprint(outside.X)\nimport os\nprint(os.path.exists('/usr/lib/python3/evil.py'))\n");
  assert.ok(out.status === "dependency_error" || out.stdout === "1\nFalse\n", `${out.status} ${out.stdout} ${out.stderr}`);
  shelf.wheel("bomb", "1.0", { "bomb.bin": Buffer.alloc(300 << 20) });
  const bomb = await py("bomb==1.0");
  assert.equal(bomb.status, "dependency_error");
  assert.equal((await py("word==2.0", "import word\nprint(word.WORD)")).stdout, "hello\n");
});

test("a file that is not the one that the index promised is not installed", LIMIT, async () => {
  const file = shelf.wheel("forged", "1.0", { "forged.py": "print('ESCAPED')\n" });
  shelf.page("forged", `${file}#sha256=${"0".repeat(64)}`);
  const wheel = await py("forged==1.0", "import forged");
  assert.equal(wheel.status, "dependency_error", wheel.stdout);
  await shelf.package("forged", "1.0.0", { "index.js": "console.log('ESCAPED')" });
  shelf.serve("/npm/forged/-/1.0.0.tgz", Buffer.from("another file"));
  assert.equal((await js({ forged: "1.0.0" }, "require('forged')")).status, "dependency_error");
});

test("a download that never ends, of the page or of the file, comes to an end", LIMIT, async () => {
  const endless = (ask, reply) => {
    const block = Buffer.alloc(1 << 20, "x");
    const more = () => !reply.destroyed && reply.write(block, () => setImmediate(more));
    reply.writeHead(200, { "content-type": "application/octet-stream" });
    more();
  };
  shelf.serve("/wheels/endless-1.0-py3-none-any.whl", endless);
  shelf.page("endless", "/wheels/endless-1.0-py3-none-any.whl");
  shelf.serve("/npm/endless", endless);
  const [wheel, page] = await Promise.all([py("endless==1.0"), js({ endless: "1.0.0" }, "")]);
  assert.deepEqual([wheel.status, page.status], ["dependency_error", "dependency_error"]);
  assert.equal((await py("word==2.0", "import word\nprint(word.WORD)")).stdout, "hello\n");
});

test("an index that sends a byte now and then costs all who want the same one time limit, and they are told", LIMIT, async () => {
  const trickle = (ask, reply) => {
    reply.writeHead(200, { "content-type": "text/html" });
    const timer = setInterval(() => reply.write(" "), 500);
    reply.on("close", () => clearInterval(timer));
  };
  shelf.serve("/simple/trickling/", trickle);
  shelf.serve("/simple/dripping/", trickle);
  const hasty = await language("python");
  try {
    const wants = ["trickling==1.0", "trickling==1.0", "trickling==1.0", "dripping==1.0"];
    /* One slot more than runs: a room never has every slot, and whoever came after the others would ask anew. */
    await hasty.runner({ slots: wants.length + 1, env: { VIVA_PYPI: shelf.pypi, VIVA_INSTALL: "40" } });
    const runs = await Promise.all(wants.map((wants) => run(hasty, { "main.py": "print(1)", "requirements.txt": wants })));
    for (const done of runs) {
      assert.equal(done.status, "dependency_error");
      assert.match(done.detail, /it took more than 40 s/);
    }
    assert.deepEqual([shelf.times("/simple/trickling/"), shelf.times("/simple/dripping/")], [1, 1]);
  } finally {
    await hasty.forget();
  }
});

test("an installation that hangs can be cancelled, and does not survive its runner", LIMIT, async () => {
  shelf.serve("/simple/hanging/", () => {});
  const asked = await submit(python, { "main.py": "print(1)", "requirements.txt": "hanging==1.0" });
  await waitFor(() => shelf.times("/simple/hanging/") > 0, { within: PATIENCE, what: "the installer to ask" });
  await waitFor(async () => (await get(ann, asked)).status === "installing", { within: PATIENCE, what: "the run to be installing" });
  await ann.must(202, "POST", `/api/runs/${asked.id}/cancel`);
  assert.equal((await ended(ann, asked, PATIENCE)).status, "cancelled");
  assert.match(runner.log, /takes runs/);
});
