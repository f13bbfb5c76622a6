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
