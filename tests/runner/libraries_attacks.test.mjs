/*
 * libraries_attacks.test.mjs - an index that means harm: libraries with links that lead out of them.
 * Each ends, says what is wrong, and has reached nothing.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { api } from "../lib/api.mjs";
import { index } from "./index.mjs";
import { language } from "./host.mjs";
import { chunksOf, ended, text } from "./sandbox.mjs";

const LIMIT = { timeout: 400_000 };
/* What an installation may take (runner/daemon/box_limits.c), and what a busy machine needs around it. */
const PATIENCE = 120_000 + 180_000;
let ann, room, shelf, python, javascript;

before(async () => {
  ann = await api.signup({ name: "Ann" });
  room = await api.room(ann);
  shelf = await index();
  [python, javascript] = [await language("python"), await language("javascript")];
  const env = { VIVA_PYPI: shelf.pypi, VIVA_NPM: shelf.npm };
  await python.runner({ slots: 2, env });
  await javascript.runner({ slots: 2, env });
});
after(async () => {
  await shelf?.close();
  await python?.forget();
  await javascript?.forget();
});

async function run(q, files) {
  const body = { language: q.name, files: Object.entries(files).map(([path, content]) => ({ path, content })), wall_ms: 60_000 };
  const done = await ended(ann, await ann.must(202, "POST", `${room.path}/runs`, body), PATIENCE);
  const chunks = await chunksOf(ann, done);
  return { ...done, stdout: text(chunks, "stdout"), stderr: text(chunks, "stderr") };
}
const py = (wants, code) => run(python, { "main.py": code, "requirements.txt": wants });
const js = (wants, code) => run(javascript, { "main.js": code, "package.json": JSON.stringify({ dependencies: wants }) });

test("a link in a wheel is no link, and nothing is written through it", LIMIT, async () => {
  shelf.wheel("through", "1.0", { "through.py": "X = 1\n", way: { symlink: "/tmp" }, "way/evil.py": "x" });
  const through = await py("through==1.0", "print(1)");
  assert.equal(through.status, "dependency_error", through.stdout);
  assert.match(through.detail, /libraries could not be installed/);
  assert.match(through.stderr, /way/);
  shelf.wheel("leads", "1.0", { "leads.py": "X = 1\n", "leads.txt": { symlink: "/etc/passwd" } });
  const leads = await py("leads==1.0", "import leads, os\npath = leads.__file__[:-2] + 'txt'\nprint(os.path.islink(path), open(path).read())");
  assert.equal(leads.stdout, "False /etc/passwd\n", leads.stderr);
});

test("a link in a tarball is not there, and nothing is written through it", LIMIT, async () => {
  shelf.package("leads", "1.0.0", { "index.js": "module.exports = 1;", "secret.js": { symlink: "/etc/passwd" }, up: { symlink: "../../../../../../etc" } });
  const leads = await js({ leads: "1.0.0" }, "const fs = require('fs'), d = '/node_modules/leads/'; console.log(require('leads'), fs.readdirSync(d).sort().join())");
  assert.equal(leads.stdout, "1 index.js,package.json\n", leads.stderr);
  const missing = await js({ leads: "1.0.0" }, "require('leads/secret.js')");
  assert.equal(missing.status, "runtime_error");
  assert.doesNotMatch(missing.stderr + missing.stdout, /root:/);
});
