/*
 * database.mjs - the stack's database, as its superuser: to look at what no API shows, and to break what no API lets break.
 *
 *   const [[state]] = sql(`SELECT state FROM runner WHERE name = ${quote(name)}`);
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { state } from "./stack.mjs";

export const quote = (text) => `'${String(text).replaceAll("'", "''")}'`;

/* A program inside the mount namespace of the stack, where it sees itself at /run/viva/state. */
export const inside = () => ["nsenter", "--target", readFileSync(join(state, "run/up.pid"), "utf8").trim(), "--mount", "--"];

/* The rows of a statement, each an array of texts; NULL is an empty one. */
export function sql(text) {
  const as = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--groups", "viva"];
  const psql = ["psql", "-X", "-q", "-At", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-h", "/run/viva/state/run/pg", "-U", "postgres", "-d", "viva"];
  const [command, ...args] = [...inside(), ...as, ...psql, "-f", "-"];
  const out = execFileSync(command, args, { input: text, cwd: "/", encoding: "utf8" });
  return out.split("\n").filter(Boolean).map((line) => line.split("\t"));
}
