/*
 * second.mjs - a stack of a test's own beside the one under test: other ports, other state, the same container engine.
 *
 *   const stack = new Second({ VIVA_SIGNUP: "closed" }, await ports(2));
 *   const said = await stack.start();        // what `up` printed
 *   await stack.stop();                      // nothing of it is left
 */
import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const top = new URL("../..", import.meta.url).pathname;
const engine = join(process.env.VIVA_STATE, "run/docker.sock");

/* Below those that the kernel gives to whoever connects somewhere: a stack takes them a while later. Metrics are 20,000 above. */
const [LEAST, MOST] = [10_000, 32_000];

/* Ports that are free now. */
export async function ports(n) {
  const servers = [];
  while (servers.length < n) {
    const server = net.createServer().listen(LEAST + Math.floor(Math.random() * (MOST - LEAST)), "127.0.0.1");
    if (await new Promise((done) => server.once("listening", () => done(true)).once("error", () => done(false)))) servers.push(server);
  }
  const found = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return found;
}

/* An authority in a folder, with its certificate in ca.pem. */
export class Authority {
  constructor(dir) {
    this.dir = dir;
    [this.cert, this.key, this.ca] = ["cert.pem", "key.pem", "ca.pem"].map((name) => join(dir, name));
    this.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days", "90", "-subj", "/CN=Viva tests");
    this.issue();
  }

  openssl(...args) {
    return execFileSync("openssl", args, { cwd: this.dir, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  }

  /* A certificate for this machine, with the key beside it. */
  issue() {
    this.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "key.pem", "-out", "request.pem", "-subj", "/CN=localhost");
    writeFileSync(join(this.dir, "names"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
    this.openssl("x509", "-req", "-in", "request.pem", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "90", "-extfile", "names", "-out", "cert.pem");
  }
}

export class Second {
  constructor(settings, [port, relay]) {
    this.dir = mkdtempSync(join(tmpdir(), "viva-second-"));
    this.state = join(this.dir, "state");
    this.port = port;
    this.env = {
      ...process.env, PORT: String(port), VIVA_STATE: this.state, VIVA_BUILT: "1", VIVA_LISTEN: "127.0.0.1", VIVA_TURN_PORT: String(relay),
      ...(existsSync(engine) ? { VIVA_DOCKER: engine } : {}), ...settings,
    };
  }

  script(name, ...args) {
    return promisify(execFile)(join(top, "infra/machine", name), args, { env: this.env });
  }

  async start() {
    return (await this.script("up", "--background")).stdout;
  }

  async stop() {
    await this.script("down").catch(() => {});
    rmSync(this.dir, { recursive: true, force: true });
  }
}
