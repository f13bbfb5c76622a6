/*
 * child.mjs - a peer as a child process: started on a free port, killed and started again on its own data.
 */
import { spawn } from "node:child_process";
import net from "node:net";
import { descendants } from "../proc.mjs";

function freePort() {
  return new Promise((done) => {
    const server = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

const answers = (port) =>
  new Promise((done) => {
    const socket = net.connect(port, "127.0.0.1", () => done(true) || socket.destroy());
    socket.on("error", () => done(false));
  });

export class Child {
  host = "127.0.0.1";

  constructor(argv, env) {
    this.argv = argv;
    this.env = env;
  }

  async start() {
    this.port ??= await freePort();
    const env = { ...process.env, ...this.env, HOST: this.host, PORT: String(this.port), NODE_ENV: "production" };
    this.process = spawn(process.execPath, this.argv, { env, stdio: ["ignore", "ignore", "inherit"] });
    this.ended = new Promise((done) => this.process.on("exit", done));
    for (let tries = 200; !(await answers(this.port)); tries--) {
      if (tries === 0 || this.process.exitCode !== null) throw new Error(`${this.argv.join(" ")} did not start`);
      await new Promise((wake) => setTimeout(wake, 50));
    }
  }

  pids() {
    return descendants(this.process.pid);
  }

  async kill() {
    for (const pid of this.pids()) process.kill(pid, "SIGKILL");
    await this.ended;
  }
}
