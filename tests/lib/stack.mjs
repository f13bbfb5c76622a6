/*
 * stack.mjs - the running stack seen from its state directory: its nginx workers, its logs, its keys.
 *
 * $VIVA_STATE is the directory that `make run` was given. Workers are the children of an nginx master, whose
 * pid file lies in $VIVA_STATE/run.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, before } from "node:test";

if (!process.env.VIVA_STATE) {
  throw new Error("VIVA_STATE is not set: the state directory of the stack at VIVA_URL (make run VIVA_STATE=...)");
}
/* Paths are given from where make was called, the top of the tree. */
const top = new URL("../..", import.meta.url).pathname;
export const state = resolve(top, process.env.VIVA_STATE);

export const secret = (name) => readFileSync(join(state, "secrets", name), "utf8");

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/* pid, parent and start time; undefined when there is no such process. */
function stat(pid) {
  const text = read(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  const rest = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { pid: Number(pid), parent: Number(rest[1]), started: rest[19] };
}

export function processes() {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(stat)
    .filter(Boolean);
}

function masters() {
  const run = join(state, "run");
  return readdirSync(run)
    .filter((name) => /\.pid$/.test(name))
    .map((name) => [name, Number(read(join(run, name)))])
    .filter(([, pid]) => /^nginx: master/.test(read(`/proc/${pid}/cmdline`) ?? ""));
}

/* Every nginx worker as "master's pid file: pid@start": the same list later means that none has exited. */
export function nginxWorkers() {
  const all = processes();
  const found = masters().flatMap(([name, master]) =>
    all
      .filter((p) => p.parent === master)
      .filter((p) => /^nginx: worker/.test(read(`/proc/${p.pid}/cmdline`) ?? ""))
      .map((p) => `${name}: ${p.pid}@${p.started}`),
  );
  assert.ok(found.length >= 3, `three nginx instances have workers, found: ${found.join(", ") || "none"}`);
  return found.sort();
}

/* Every log once, though it has links to it; a log that is turned over keeps its inode. */
function logFiles() {
  const dir = join(state, "log");
  if (!existsSync(dir)) return new Map();
  const found = new Map();
  for (const name of readdirSync(dir, { recursive: true })) {
    const file = join(dir, String(name));
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat?.isFile()) found.set(stat.ino, { file, size: stat.size });
  }
  return found;
}

/* Every log: [{inode, file, data}]. One that is turned over meanwhile has another name: then it is looked for again. */
export function readLogs(wanted = () => true) {
  for (;;) {
    try {
      return [...logFiles()].flatMap(([inode, { file, size }]) => (wanted(inode, size) ? [{ inode, file, data: readFileSync(file) }] : []));
    } catch (error) {
      if (error.code !== "ENOENT") throw error;
    }
  }
}

/* Marks where the logs end now; call the result to get the lines written since: [{file, line}]. */
export function markLogs() {
  const marks = logFiles();
  const end = (inode) => marks.get(inode)?.size ?? 0;

  return () =>
    readLogs((inode, size) => size > end(inode)).flatMap(({ inode, file, data }) =>
      data
        .subarray(end(inode))
        .toString("utf8")
        .split("\n")
        .filter(Boolean)
        .map((line) => ({ file, line })),
    );
}

/* What a process says when it dies: a line like this in any log is a crash. */
const CRASH = /exited on signal|AddressSanitizer|runtime error:|SIGSEGV|segfault|core dumped|Assertion .* failed|\babort(ed)?\b|stack smashing|double free|a worker of \w+ (was killed|ended with)/i;

/* Starts watching: `calm()` fails if an nginx worker has exited or anything crashed since. */
export function watch() {
  const before = nginxWorkers();
  const since = markLogs();

  return function calm() {
    assert.deepEqual(nginxWorkers(), before, "an nginx worker exited");
    const crashes = since().filter(({ line }) => CRASH.test(line));
    assert.deepEqual(crashes, [], "something crashed");
  };
}

/* Watches while the tests of a file run. */
export function staysCalm() {
  let calm;
  before(() => (calm = watch()));
  after(() => calm?.());
}
