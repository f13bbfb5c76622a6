/*
 * mailserver.mjs - a mail server for tests: STARTTLS or TLS, AUTH, and whatever answers a test wants of it.
 *
 *   const certificate = makeCertificate(directory);       once; its .ca is what a client trusts
 *   const server = await MailServer.start({ ...certificate, user: "viva", password: "..." });
 *   server.answers.rcpt = () => Object.assign(new Error("4.7.1 come again"), { responseCode: 451 });
 *   const mail = await server.next(address);              {headers, text, html, raw, ...}
 *
 * A stack's: prepareMail(state, port, url) before it starts gives what to start it with, MailServer.ofStack(state) is the server
 * that it then knows; while no test has one it is away.
 *
 * What it takes it reads as a mail program does, strictly: a header line that is none fails the test.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SMTPServer } from "smtp-server";
import { waitFor } from "./wait.mjs";

/* Of 127.0.0.1 and localhost, signed by itself. */
export function makeCertificate(directory) {
  const [key, cert] = ["smtp.key", "smtp.ca"].map((name) => join(directory, name));
  if (!existsSync(cert))
    execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "3", "-subj", "/CN=localhost",
      "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", cert], { stdio: "ignore" });
  return { key: readFileSync(key), cert: readFileSync(cert) };
}

const STACK_USER = "viva@example.org";
const secret = (state, name) => join(state, "secrets", name);

export function prepareMail(state, port, url) {
  mkdirSync(join(state, "secrets"), { recursive: true, mode: 0o700 });
  makeCertificate(join(state, "secrets"));
  writeFileSync(secret(state, "smtp.pass"), "the password of the tests' mail server\n", { mode: 0o600 });
  return { VIVA_SMTP_URL: `smtp://127.0.0.1:${port}`, VIVA_SMTP_USER: STACK_USER, VIVA_MAIL_FROM: `Viva <${STACK_USER}>`, VIVA_PUBLIC_URL: url };
}

/* Encoded words, next to one another as if they were one. */
function decodeWords(text) {
  return text.replace(/(=\?UTF-8\?B\?[^?]*\?=)\s+(?==\?)/g, "$1").replace(/(?:=\?UTF-8\?B\?[A-Za-z0-9+/=]*\?=)+/g, (words) =>
    Buffer.concat([...words.matchAll(/\?B\?([^?]*)\?=/g)].map(([, word]) => Buffer.from(word, "base64"))).toString("utf8"));
}

function readHeaders(block) {
  const lines = block.replace(/\r\n[ \t]+/g, " ").split("\r\n");
  return lines.map((line) => {
    assert.match(line, /^[A-Za-z-]+: [\x20-\x7e]*$/);
    return [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 2)];
  });
}

export function readMail(raw) {
  assert.doesNotMatch(raw, /[^\r]\n|\r[^\n]/, "lines end by CR LF");
  for (const line of raw.split("\r\n")) assert.ok(line.length <= 998, line);
  const end = raw.indexOf("\r\n\r\n");
  const all = readHeaders(raw.slice(0, end));
  assert.equal(new Set(all.map(([name]) => name)).size, all.length, "no header is there twice");
  const headers = Object.fromEntries(all);
  const [, boundary] = /^multipart\/alternative; boundary="([^"]+)"$/.exec(headers["content-type"]);
  const pieces = raw.slice(end + 4).split(`--${boundary}`);
  assert.deepEqual([pieces.length, pieces[0], pieces[3]], [4, "", "--\r\n"]);
  const parts = pieces.slice(1, 3).map((piece) => {
    const at = piece.indexOf("\r\n\r\n");
    const its = Object.fromEntries(readHeaders(piece.slice(2, at)));
    assert.equal(its["content-transfer-encoding"], "base64");
    return [its["content-type"], Buffer.from(piece.slice(at), "base64").toString("utf8")];
  });
  assert.deepEqual(parts.map(([type]) => type), ["text/plain; charset=utf-8", "text/html; charset=utf-8"]);
  return { headers, names: all.map(([name]) => name), subject: decodeWords(headers.subject), text: parts[0][1], html: parts[1][1], raw };
}

export class MailServer {
  /* Each may return an error, with its responseCode; `data` may be a promise and gets the connection. */
  answers = {};
  mails = [];
  /* What was begun: {secure, user, from, to}. */
  seen = [];

  static async start({ key, cert, user, password, port = 0, tls = true, implicit = false }) {
    const self = new MailServer();
    self.server = new SMTPServer({
      key, cert, secure: implicit, authOptional: !user, disabledCommands: [...(tls ? [] : ["STARTTLS"]), ...(user ? [] : ["AUTH"])], logger: false,
      disableReverseLookup: true, closeTimeout: 100,
      onAuth: (auth, session, done) => {
        if (auth.username === user && auth.password === password) return done(null, { user });
        return done(Object.assign(new Error("5.7.8 who are you"), { responseCode: 535 }));
      },
      onMailFrom: (address, session, done) => done(self.answers.from?.(address.address)),
      onRcptTo: (address, session, done) => {
        self.seen.push({ secure: session.secure, user: session.user, from: session.envelope.mailFrom.address, to: address.address });
        done(self.answers.rcpt?.(address.address));
      },
      onData: (stream, session, done) => void self.#take(stream, session).then(() => done(), done),
    });
    self.server.on("error", () => {}); /* a connection that the test ended */
    self.server.listen(port, "127.0.0.1");
    await once(self.server.server, "listening");
    self.port = self.server.server.address().port;
    return self;
  }

  static ofStack(state) {
    const [, port] = /^smtp:\/\/127\.0\.0\.1:(\d+)$/.exec(readFileSync(join(state, "conf/mail"), "utf8").trim()) ?? [];
    assert.ok(port, `the stack at ${state} knows no mail server of the tests': start it as tests/README.md says`);
    const password = readFileSync(secret(state, "smtp.pass"), "utf8").trim();
    return MailServer.start({ ...makeCertificate(join(state, "secrets")), user: STACK_USER, password, port: Number(port) });
  }

  async #take(stream, session) {
    const chunks = [];
    const to = session.envelope.rcptTo.map(({ address }) => address);
    await this.answers.begin?.(to[0], this.#connection(session));
    for await (const chunk of stream) chunks.push(chunk);
    const mail = { from: session.envelope.mailFrom.address, to, raw: Buffer.concat(chunks).toString("latin1") };
    const error = await this.answers.data?.(mail, this.#connection(session));
    if (error) throw error;
    this.mails.push(mail);
  }

  /* The socket under it all, to be cut. */
  #connection(session) {
    const connection = [...this.server.connections].find((c) => c.session.id === session.id);
    return { cut: () => connection._socket.destroy() };
  }

  to(address) {
    return this.mails.filter((mail) => mail.to.includes(address));
  }

  /* The nth mail to this address, read. */
  async next(address, n = 1) {
    await waitFor(() => this.to(address).length >= n, { what: `mail number ${n} to ${address}`, within: 120_000 });
    const mail = this.to(address)[n - 1];
    return { ...mail, ...readMail(mail.raw) };
  }

  close() {
    return new Promise((done) => this.server.close(done));
  }
}

/* The link in a mail, and the token in its fragment; the words and the HTML have the same. */
export function linkIn({ text, html }) {
  const [link] = /https?:\/\/\S+/.exec(text);
  assert.ok(html.includes(`href="${link}"`), html);
  return { link, token: link.split("#")[1] };
}
