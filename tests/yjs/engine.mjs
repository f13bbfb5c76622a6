/*
 * engine.mjs - the C engine as a test sees it: one `yjs talk` process that answers line by line.
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const top = new URL("../..", import.meta.url).pathname;
const build = process.env.VIVA_BUILD ?? `${top}build`;

export const command = process.env.VIVA_YJS ?? `${build}/bin/yjs`;

const hex = (bytes) => (bytes.length === 0 ? "-" : Buffer.from(bytes).toString("hex"));
const name = (text) => hex(Buffer.from(text));

export class Refused extends Error {}

export class Engine {
  #waiting = [];

  /* With `seconds` the kernel ends the process after so much CPU time, however busy the machine is. */
  constructor({ seconds = "unlimited" } = {}) {
    const shell = ["-c", `ulimit -t ${seconds} && exec "$0" talk`, command];
    this.process = spawn("sh", shell, { stdio: ["pipe", "pipe", "inherit"] });
    createInterface({ input: this.process.stdout }).on("line", (line) => this.#waiting.shift().resolve(line));
    const died = (why) => {
      for (const { reject } of this.#waiting.splice(0)) reject(new Error(`yjs talk ended: ${why}`));
    };
    this.process.on("error", died);
    this.process.on("exit", (code, signal) => died(signal ?? code));
  }

  /* The answer's text, or Refused with the reason. */
  async say(verb, ...args) {
    const line = await new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.process.stdin.write(`${[verb, ...args].join(" ")}\n`);
    });
    if (line.startsWith("ok")) return line.slice(3);
    throw new Refused(line.slice(3));
  }

  async bytes(verb, ...args) {
    return Buffer.from(await this.say(verb, ...args.map(hex)), "hex");
  }

  validate = (update) => this.bytes("validate", update);
  merge = (updates) => this.bytes("merge", ...updates);
  diff = (update, sv) => this.bytes("diff", update, sv);
  svOf = (update) => this.bytes("sv", update);
  awareness = (update) => this.bytes("awareness", update);
  frames = (body) => this.bytes("frames", body);

  reset = (keep = false) => this.say("new", ...(keep ? ["01"] : []));
  apply = (update) => this.bytes("apply", update);
  changes = async (update) => JSON.parse(await this.say("changes", hex(update)));
  state = (...sv) => this.bytes("state", ...sv);
  integrated = (...sv) => this.bytes("integrated", ...sv);
  sv = () => this.bytes("docsv");
  snapshot = () => this.bytes("snapshot");
  at = (snapshot) => this.bytes("at", snapshot);
  waiting = async () => Number(await this.say("waiting"));

  /* A root type as JSON gives it; undefined where nothing has been written to it. */
  async json(kind, root) {
    try {
      return JSON.parse(await this.say(kind, name(root)));
    } catch (error) {
      if (error instanceof Refused) return undefined;
      throw error;
    }
  }

  async replay(updates, { keep = false } = {}) {
    await this.reset(keep);
    for (const update of updates) await this.apply(update);
  }

  close() {
    this.process.stdin.end();
  }
}
