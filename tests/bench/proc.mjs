/*
 * proc.mjs - what processes cost, from /proc: processor time and memory of their own.
 */
import { readdirSync, readFileSync } from "node:fs";

function read(file) {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}

/* pid, parent, state and the processor time of a process in clock ticks, its ended threads included. */
function stat(pid) {
  const text = read(`/proc/${pid}/stat`);
  const rest = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { pid, parent: Number(rest[1]), ticks: Number(rest[11]) + Number(rest[12]) };
}

const TICKS_PER_SECOND = 100; /* USER_HZ, the same on every Linux that Node runs on */

export function processes() {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => stat(Number(name)))
    .filter(({ parent }) => !Number.isNaN(parent));
}

export const command = (pid) => read(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim();

/* A process and all that came from it. */
export function descendants(root, all = processes()) {
  const children = all.filter(({ parent }) => parent === root).flatMap(({ pid }) => descendants(pid, all));
  return [root, ...children];
}

/* Milliseconds of processor time that these have used, user and system. */
export function cpuMs(pids) {
  const ticks = pids.map((pid) => stat(pid).ticks).filter((n) => !Number.isNaN(n));
  return (ticks.reduce((sum, n) => sum + n, 0) * 1000) / TICKS_PER_SECOND;
}

/* Microseconds on a processor of all threads that these have now, as the scheduler counted them: for what takes a few each. */
export function cpuUs(pids) {
  const threads = pids.flatMap((pid) => {
    try {
      return readdirSync(`/proc/${pid}/task`).map((tid) => `/proc/${pid}/task/${tid}/schedstat`);
    } catch {
      return [];
    }
  });
  return threads.reduce((sum, file) => sum + Number(read(file).split(" ")[0]), 0) / 1000;
}

/* KiB of memory: each process's own and its share of what it shares. */
export function memoryKb(pids) {
  return pids.reduce((sum, pid) => sum + Number(/^Pss: +(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0), 0);
}

/* Milliseconds that all processors have been busy, and idle, since the machine started. */
function machine() {
  const [user, nice, system, idle, iowait, irq, softirq] = read("/proc/stat").split("\n")[0].split(/ +/).slice(1).map(Number);
  const toMs = (ticks) => (ticks * 1000) / TICKS_PER_SECOND;
  return { busy: toMs(user + nice + system + irq + softirq), idle: toMs(idle + iowait) };
}

export const busyMs = () => machine().busy;

/* Waits, at most `ms`, for two seconds in which so much of the machine is idle. Returns how much the last two had. */
export async function quiet(part, ms) {
  for (const until = performance.now() + ms; ; ) {
    const before = machine();
    await new Promise((wake) => setTimeout(wake, 2000));
    const after = machine();
    const idle = after.idle - before.idle;
    const found = idle / (idle + after.busy - before.busy);
    if (found >= part || performance.now() > until) return found;
  }
}
