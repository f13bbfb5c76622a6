/*
 * suites.mjs - runs every suite and counts: the driver behind `make test`.
 *
 * A suite is a folder of tests/ that holds *.test.mjs, or the unit tests in C. Those that look at the tree alone
 * run while a stack of our own starts (own port, own state in build/test/state); those that drive the stack come
 * next, two at a time; the browser has the machine for itself, and last comes what kills things.
 *
 * A suite that dies, or runs no test at all, counts as one failure, so that nothing passes by not running.
 */
import { spawn } from "node:child_process";
import { createWriteStream, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import net from "node:net";
import { join, resolve } from "node:path";
import { prepareMail } from "./mailserver.mjs";

const top = resolve(import.meta.dirname, "../..");
const out = join(top, "build/test");
const state = join(out, "state");
const wanted = process.argv.slice(2);
const MINUTE = 60_000;
/* Only what hangs takes so long: ten minutes are half an hour on a machine that has three other things to do. */
const PATIENCE = 60 * MINUTE;

/* Folders of tests/ that are not suites, and suites that need no stack. Any other folder gets one. */
const NOT_SUITES = ["lib", "unit", "bench"];
const OFFLINE = ["gen", "fnd", "lint", "fuzz", "objects", "triggers", "disk"];
const ALONE = ["browser", "chaos"];
/* Whose files must not run at the same time: each kills what another is watching. */
const ONE_BY_ONE = ["chaos"];

const testFiles = (dir) =>
  readdirSync(dir, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith(".test.mjs") && !name.includes("node_modules"))
    .map((name) => join(dir, name))
    .sort();

function nodeSuite(name, env = {}) {
  const files = testFiles(join(top, "tests", name));
  const report = (kind, end) => [`--test-reporter=${kind}`, `--test-reporter-destination=${join(out, `${name}.${end}`)}`];
  return {
    name,
    command: [process.execPath, "--test", ...(ONE_BY_ONE.includes(name) ? ["--test-concurrency=1"] : []), ...report("tap", "tap"), ...report("spec", "txt"), ...files],
    env,
    counts: () => countTap(readFileSync(join(out, `${name}.tap`), "utf8")),
    words: () => readFileSync(join(out, `${name}.txt`), "utf8"),
  };
}

/* cmocka speaks TAP as well; each program's tests are counted line by line. */
function unitSuite(name, ...args) {
  const said = () => readFileSync(join(out, `${name}.log`), "utf8");
  return {
    name,
    command: ["make", "--no-print-directory", "-k", "-j2", "unit", ...args],
    env: { CMOCKA_MESSAGE_OUTPUT: "TAP" },
    counts: () => countLines(said()),
    words: said,
  };
}

function countTap(text) {
  const last = (what) => Number([...text.matchAll(new RegExp(`^# ${what} (\\d+)$`, "gm"))].at(-1)?.[1] ?? 0);
  return { passed: last("pass"), failed: last("fail") + last("cancelled"), skipped: last("skipped") + last("todo") };
}

/* The tests of a report that failed, one line each: what, where, why. A file or a group that fails for its tests' sake is left out. */
function failuresOf(text) {
  return text
    .split(/^(?=\s*(?:not )?ok \d+)/m)
    .filter((part) => /^\s*not ok \d+/.test(part) && !part.includes("failureType: 'subtestsFailed'"))
    .map((part) => {
      const said = (pattern) => part.match(pattern)?.[1] ?? "";
      const why = said(/^\s*error: (?:\|-\n)?([\s\S]*?)\n\s*(?:code|name|stack|failureType|\.\.\.)/m).replace(/\s+/g, " ");
      return `${said(/^\s*not ok \d+(?: - )?(.*)/)} (${said(/location: '(.*?)'/).replace(`${top}/`, "")}) ${why}`.slice(0, 600);
    });
}

function countLines(text) {
  const lines = text.split("\n");
  const passed = lines.filter((line) => /^ok \d+/.test(line));
  return { passed: passed.length, failed: lines.filter((line) => /^not ok \d+/.test(line)).length, skipped: 0 };
}

/* Runs a command with its output in a file; resolves to its exit status, or a word for what ended it. */
function run(command, { log, env = {}, within }) {
  return new Promise((done) => {
    const file = createWriteStream(log);
    const child = spawn(command[0], command.slice(1), { cwd: top, env: { ...process.env, ...env }, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    const timer = setTimeout(() => process.kill(-child.pid, "SIGKILL"), within);
    child.stdout.pipe(file, { end: false });
    child.stderr.pipe(file, { end: false });
    child.on("error", (error) => file.write(`${error}\n`));
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      file.end(() => done(signal ?? code));
    });
  });
}

const total = { passed: 0, failed: 0 };
/* Said again at the very end: who sees only the last lines of a long output must not have to guess. */
const failed = [];
let stackFailed = false;

function seconds(began) {
  return `${((performance.now() - began) / 1000).toFixed(1)} s`;
}

async function suite({ name, command, env, counts, words }) {
  if (wanted.length && !wanted.includes(name)) return;
  const began = performance.now();
  const log = join(out, `${name}.log`);
  const status = await run(command, { log, env, within: PATIENCE });
  let result;
  try {
    result = counts();
  } catch {
    result = { passed: 0, failed: 0, skipped: 0 };
  }
  const none = result.passed + result.failed === 0;
  if (none || (status !== 0 && result.failed === 0)) result.failed += 1;
  total.passed += result.passed;
  total.failed += result.failed;
  const skipped = result.skipped ? `, ${result.skipped} skipped` : "";
  console.log(`  ${name.padEnd(12)} ${result.passed} passed, ${result.failed} failed${skipped}  ${seconds(began)}`);
  if (result.failed) explain({ name, status, none, words, log });
}

/* What a person needs to see of a failure, without the rest. */
function explain({ name, status, none, words, log }) {
  if (!OFFLINE.includes(name) && !name.startsWith("unit")) stackFailed = true;
  console.log(`    exit ${status}${none ? ", no test ran" : ""}; all of it is in ${log}`);
  let text = "";
  try {
    text = words();
  } catch {
    /* It died before it said anything. */
  }
  const names = failuresOf(existsSync(join(out, `${name}.tap`)) ? readFileSync(join(out, `${name}.tap`), "utf8") : text);
  failed.push(...(names.length ? names : [`exit ${status}`]).map((line) => `${name}: ${line}`));
  const from = text.lastIndexOf("failing tests:");
  const lines = (from >= 0 ? text.slice(from) : text || readFileSync(log, "utf8")).split("\n");
  for (const line of from >= 0 ? lines.slice(0, 120) : lines.slice(-60)) console.log(`    | ${line}`);
}

function isFree(port) {
  return new Promise((done) => {
    const server = net.createServer();
    server.once("error", () => done(false));
    server.listen(port, () => server.close(() => done(true)));
  });
}

/* The stack's own port; coturn takes the one ten thousand above. */
async function freePort() {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 10_000);
    if ((await isFree(port)) && (await isFree(port + 10_000))) return port;
  }
}

/* A state as of the first day, but for the images an engine of our own already has. */
function forget() {
  if (!existsSync(state)) return;
  for (const name of readdirSync(state)) {
    if (name !== "docker" && name !== "lock") rmSync(join(state, name), { recursive: true, force: true });
  }
}

async function startStack(env) {
  const began = performance.now();
  await run(["infra/machine/down"], { log: join(out, "down.log"), env, within: MINUTE });
  forget();
  const log = join(out, "stack.log");
  const mail = prepareMail(state, await freePort(), env.VIVA_URL);
  const status = await run(["infra/machine/up", "--background"], { log, env: { ...env, ...mail, VIVA_BUILT: "1" }, within: 10 * MINUTE });
  if (status === 0) {
    console.log(`  stack        ready at ${env.VIVA_URL}  ${seconds(began)}`);
    return true;
  }
  total.failed += 1;
  stackFailed = true;
  console.log(`  stack        did not start: exit ${status}  ${seconds(began)}`);
  console.log(readFileSync(log, "utf8").replace(/^/gm, "    | "));
  return false;
}

/* The last words of each service, for whoever has only this output. */
function showLogs() {
  const dir = join(state, "log");
  for (const name of existsSync(dir) ? readdirSync(dir).filter((file) => file.endsWith(".log")) : []) {
    let text;
    try {
      text = readFileSync(join(dir, name), "utf8");
    } catch {
      continue;
    }
    const lines = text.trimEnd().split("\n").slice(-25);
    console.log(`--- ${name}`);
    for (const line of lines) console.log(line.slice(0, 400));
  }
}

const suites = readdirSync(join(top, "tests"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !NOT_SUITES.includes(entry.name))
  .map((entry) => entry.name)
  .filter((name) => testFiles(join(top, "tests", name)).length > 0)
  .sort();
const online = suites.filter((name) => !OFFLINE.includes(name) && !ALONE.includes(name));

async function offline() {
  for (const name of suites.filter((s) => OFFLINE.includes(s))) await suite(nodeSuite(name));
  await suite(unitSuite("unit"));
  await suite(unitSuite("unit-san", "SAN=1"));
}

async function pairs(names, env) {
  const waiting = [...names];
  const one = async () => {
    while (waiting.length) await suite(nodeSuite(waiting.shift(), env));
  };
  await Promise.all([one(), one()]);
}

const began = performance.now();
mkdirSync(out, { recursive: true });
const needsStack = !wanted.length || wanted.some((name) => !OFFLINE.includes(name) && !name.startsWith("unit"));
const port = await freePort();
const env = { VIVA_URL: `http://127.0.0.1:${port}`, VIVA_STATE: state, PORT: String(port), VIVA_LISTEN: "127.0.0.1", VIVA_KEEP_DAYS: "3650" };
const [, up] = await Promise.all([offline(), needsStack && startStack(env)]);
if (up) {
  await pairs(online, env);
  for (const name of ALONE.filter((s) => suites.includes(s))) await suite(nodeSuite(name, env));
  if (stackFailed) showLogs();
  await run(["infra/machine/down"], { log: join(out, "down.log"), env, within: MINUTE });
} else if (needsStack) {
  showLogs();
  total.failed += suites.filter((name) => !OFFLINE.includes(name)).length;
}
console.log(`  all          ${seconds(began)}`);
for (const line of failed.slice(0, 12)) console.log(`  FAILED ${line}`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed || !total.passed ? 1 : 0;
