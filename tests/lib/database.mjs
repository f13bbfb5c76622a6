/*
 * database.mjs - the stack's database, as its superuser: to look at what no API shows, and to break what no API lets break.
 *
 *   const [[state]] = sql(`SELECT state FROM runner WHERE name = ${quote(name)}`);
 *
 *   const held = await connection();               one that stays, to hold locks
 *   await held.sql("BEGIN; LOCK TABLE run");
 *   await held.close();                            what it had not committed is undone
 */
import { execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { state } from "./stack.mjs";

export const quote = (text) => `'${String(text).replaceAll("'", "''")}'`;

/* A program inside the mount namespace of the stack, where it sees itself at /run/viva/state. */
export const inside = () => ["nsenter", "--target", readFileSync(join(state, "run/up.pid"), "utf8").trim(), "--mount", "--"];

function psql() {
  const as = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--groups", "viva"];
  const psql = ["psql", "-X", "-q", "-At", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-h", "/run/viva/state/run/pg", "-U", "postgres", "-d", "viva"];
  return [...inside(), ...as, ...psql, "-f", "-"];
}

/* The rows of a statement, each an array of texts; NULL is an empty one. */
export function sql(text) {
  const [command, ...args] = psql();
  const out = execFileSync(command, args, { input: text, cwd: "/", encoding: "utf8" });
  return out.split("\n").filter(Boolean).map((line) => line.split("\t"));
}

export async function connection() {
  const [command, ...args] = psql();
  const child = spawn(command, args, { cwd: "/", stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise((done) => child.once("exit", done));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let asked = 0;

  const run = async (text) => {
    const mark = `answered ${++asked}`;
    child.stdin.write(`${text};\n\\echo ${mark}\n`);
    for (const rows = []; ; ) {
      const { value, done } = await lines.next();
      if (done) throw new Error(`the database closed the connection at: ${text}`);
      if (value === mark) return rows;
      rows.push(value.split("\t"));
    }
  };
  const [[pid]] = await run("SELECT pg_backend_pid()");
  return {
    pid,
    sql: run,
    close: () => {
      child.stdin.end();
      return ended;
    },
  };
}
