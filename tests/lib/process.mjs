/*
 * process.mjs - processes as /proc has them. Any of them may end while it is looked at: then there is nothing to be seen.
 */
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";

/* The text of /proc/<pid>/<what>; empty where there is none. */
export function of(pid, what) {
  try {
    return readFileSync(`/proc/${pid}/${what}`, "utf8");
  } catch {
    return "";
  }
}

/* What its descriptors are. */
export function open(pid) {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  } catch {
    return [];
  }
}

export const isAlive = (pid) => existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(of(pid, "status"));

/*
 * A worker waits for requests by an epoll; a zygote has none, and fnd is no child of itself. The name comes first: who is
 * no fnd any more has none of its descriptors either, but not the other way round.
 */
export const isWorker = (pid) => of(pid, "comm").trim() !== "fnd" && open(pid).includes("anon_inode:[eventpoll]");

/* Ends it at once, where it has not ended by itself meanwhile. */
export function kill(pid) {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}
