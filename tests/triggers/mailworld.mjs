/*
 * mailworld.mjs - a real mail server beside a real database, Redis, fnd and dispatcher, and the functions auth and mail as they are.
 */
import { createHash, randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ask } from "../lib/fastcgi.mjs";
import { MailServer, makeCertificate } from "../lib/mailserver.mjs";
import { Services } from "../lib/services.mjs";
import { waitFor } from "../lib/wait.mjs";

const top = resolve(import.meta.dirname, "../..");

export class MailWorld extends Services {
  user = "viva@example.org";
  password = `p\u00e4ss ${randomBytes(8).toString("hex")}`;

  static async make() {
    const world = new MailWorld(top);
    await world.start();
    world.setPassword(world.password);
    world.certificate = makeCertificate(join(world.top, "secrets"));
    return world;
  }

  setPassword(password) {
    writeFileSync(join(this.top, "secrets/smtp.pass"), `${password}\n`);
  }

  /* fnd with these settings, in place of the one that there was. */
  async serve(settings) {
    if (this.fnd) {
      this.fnd.kill("SIGTERM");
      await this.fnd.gone;
    }
    Object.assign(this.env, settings);
    await this.startFunctions("auth", "mail");
  }

  /* A mail server, in place of the one that there was. */
  async listen(more = {}) {
    const port = this.server?.port ?? 0;
    await this.server?.close();
    this.server = await MailServer.start({ ...this.certificate, user: this.user, password: this.password, port, ...more });
  }

  mailSettings(scheme = "smtp") {
    return { VIVA_SMTP_URL: `${scheme}://127.0.0.1:${this.server.port}`, VIVA_SMTP_USER: this.user,
      VIVA_MAIL_FROM: "Viva bei M\u00fcller <no-reply@viva.example.org>", VIVA_PUBLIC_URL: "https://viva.example.org/" };
  }

  deliver(name = "one") {
    return (this.dispatcher = this.spawn(join(top, "build/bin/dispatch"), [], { VIVA_PG: `${this.env.VIVA_PG} user=viva_dispatch`, VIVA_DISPATCH: name }));
  }

  /* A request to auth, from an address of its own unless one is given. */
  async auth(path, body, address = `10.${[...randomBytes(3)].join(".")}`) {
    const bytes = Buffer.from(body === undefined ? "" : JSON.stringify(body));
    const params = { REQUEST_METHOD: body === undefined ? "GET" : "POST", REQUEST_URI: `/api/auth/${path}`, HTTP_HOST: "localhost", REMOTE_ADDR: address,
      CONTENT_TYPE: "application/json", CONTENT_LENGTH: bytes.length };
    const { status, headers, body: said } = await ask(this.socket("auth"), params, bytes);
    return { status, headers, body: String(said).length ? JSON.parse(said) : undefined };
  }

  async account(email = `${randomBytes(6).toString("hex")}@example.org`) {
    const password = randomBytes(9).toString("hex");
    let res;
    await waitFor(async () => (res = await this.auth("signup", { email, password, name: "Ann \u00c5" })).status !== 429, { what: "a place to hash", within: 60_000 });
    if (res.status !== 201) throw new Error(`signup: ${res.status} ${JSON.stringify(res.body)}`);
    return { email, password, session: res.body };
  }

  recover(email, address) {
    return this.auth("recover", { email }, address);
  }

  /* What waits or is dead of messages to this address: {attempt, dead, reason}. */
  waiting(email) {
    return this.sql(`SELECT attempt, dead_at IS NOT NULL, coalesce(reason, '') FROM message WHERE body LIKE '%"${email}"%'`)
      .map(([attempt, dead, reason]) => ({ attempt: Number(attempt), dead: dead === "t", reason }))[0];
  }

  async isDone(email) {
    await waitFor(() => !this.waiting(email), { what: `no message to ${email} waits`, within: 120_000 });
  }

  /* What waits for its next attempt need not any longer. */
  hurry() {
    this.sql("UPDATE message SET due_at = now() WHERE dead_at IS NULL AND holder IS NULL");
  }

  static hash = (token) => createHash("sha256").update(token).digest("hex");

  async end() {
    await this.stop();
    await this.server?.close();
  }
}
