/*
 * mail.test.mjs - mails leave: by TLS, under our name, once where that can be, again where it must; and a forgotten password
 * is no lost account, while a link is worth as little as possible to anybody else.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { linkIn, makeCertificate, readMail } from "../lib/mailserver.mjs";
import { waitFor } from "../lib/wait.mjs";
import { MailWorld } from "./mailworld.mjs";

const error = (code, text) => Object.assign(new Error(text), { responseCode: code });
const fresh = "a better long sentence";
let world;

before(async () => {
  world = await MailWorld.make();
});
after(() => world.end());
beforeEach(() => {
  if (world.server) world.server.answers = {};
});

/* Asked for, sent, and read. */
async function linkFor(person, n = 1) {
  assert.equal((await world.recover(person.email)).status, 202);
  const mail = await world.server.next(person.email, n);
  return { mail, ...linkIn(mail) };
}

async function reset(token, password = fresh) {
  let res;
  await waitFor(async () => (res = await world.auth("reset", { token, password })).status !== 429, { what: "a place to hash", within: 60_000 });
  return res;
}

async function signin(email, password) {
  let res;
  await waitFor(async () => (res = await world.auth("signin", { email, password })).status !== 429, { what: "a place to hash", within: 60_000 });
  return res;
}

const refresh = (session) => world.auth("refresh", { refresh_token: session.refresh_token });

test("without a mail server nothing is promised", async () => {
  await world.serve({});
  assert.deepEqual((await world.auth("ways")).body, { recover: false });
  const { status, body } = await world.recover("ann@example.org");
  assert.deepEqual([status, body.type], [403, "denied"]);
  assert.equal(world.sql("SELECT 1 FROM message WHERE queue = 'mail'").length, 0);
  await world.listen();
  await world.serve(world.mailSettings());
  world.deliver();
  assert.deepEqual((await world.auth("ways")).body, { recover: true });
});

test("a mail comes by TLS from who we say we are, and can be read", async () => {
  const ann = await world.account();
  const { mail, link, token } = await linkFor(ann);
  assert.deepEqual(world.server.seen.at(-1), { secure: true, user: world.user, from: "no-reply@viva.example.org", to: ann.email });
  assert.deepEqual(mail.names, ["from", "date", "to", "subject", "message-id", "mime-version", "auto-submitted", "content-type"]);
  assert.equal(mail.headers.from, `=?UTF-8?B?${Buffer.from("Viva bei M\u00fcller").toString("base64")}?= <no-reply@viva.example.org>`);
  assert.equal(mail.headers.to, ann.email);
  assert.equal(mail.subject, "Viva \u2013 set a new password");
  assert.match(mail.headers["message-id"], /^<[0-9a-f]{32}@viva\.example\.org>$/);
  assert.ok(Math.abs(Date.parse(mail.headers.date) - Date.now()) < 3_600_000, mail.headers.date);
  assert.equal(link, `https://viva.example.org/reset#${token}`);
  assert.match(token, /^[A-Za-z0-9_-]{43}$/);
});

test("the link sets a new password, once, signs in, and ends all other sessions", async () => {
  const ann = await world.account();
  const { token } = await linkFor(ann);
  const { status, body } = await reset(token);
  assert.deepEqual([status, body.user.email], [200, ann.email]);
  assert.equal((await refresh(ann.session)).status, 401, "a session from before");
  assert.equal((await refresh(body)).status, 200, "its own");
  assert.equal((await signin(ann.email, ann.password)).status, 401);
  assert.equal((await signin(ann.email, fresh)).status, 200);
  const again = await reset(token, "another long sentence");
  assert.deepEqual([again.status, again.body.type], [410, "gone"]);
  assert.match(again.body.detail, /used/);
});

test("an address without an account gets the same answer and no mail; it is whose account it is that gets one", async () => {
  const nobody = "nobody@example.org";
  const ann = await world.account();
  const [known, unknown, owner] = [await world.recover(ann.email.toUpperCase()), await world.recover(nobody), await world.recover("owner@localhost")];
  for (const res of [unknown, owner]) {
    assert.deepEqual([res.status, res.body], [known.status, known.body]);
    assert.deepEqual(Object.keys(res.headers), Object.keys(known.headers));
  }
  await world.server.next(ann.email);
  await world.isDone(nobody);
  await world.isDone("owner@localhost");
  assert.deepEqual(world.server.seen.filter(({ to }) => [nobody, "owner@localhost", ann.email.toUpperCase()].includes(to)), []);
});

test("the token is nowhere but in the mail", async () => {
  const ann = await world.account();
  world.server.answers.rcpt = () => error(451, "4.7.1 later");
  await world.recover(ann.email);
  await waitFor(() => world.waiting(ann.email)?.reason, { what: "an attempt" });
  const columns = world.sql("SELECT column_name FROM information_schema.columns WHERE table_name = 'message' AND data_type = 'text'").flat();
  const [row] = world.sql(`SELECT ${columns.map((name) => `coalesce(${name}, '')`).join(", ")} FROM message WHERE body LIKE '%${ann.email}%'`);
  assert.deepEqual(JSON.parse(row[columns.indexOf("body")]), { kind: "recovery", recipient: ann.email });
  world.server.answers = {};
  world.hurry();
  const { token } = linkIn(await world.server.next(ann.email));
  await reset(token);
  assert.equal(world.sql(`SELECT 1 FROM recovery WHERE token_hash = '${MailWorld.hash(token)}'`).length, 1);
  for (const table of ["recovery", "message", "session", "account"])
    assert.equal(world.sql(`SELECT 1 FROM ${table} t WHERE t::text LIKE '%${token}%'`).length, 0, table);
  for (const child of world.children)
    for (const secret of [token, world.password, fresh]) assert.ok(!child.said.includes(secret), "a log has a secret");
});

test("asked to come again, it comes again, with the same Message-ID", async () => {
  const ann = await world.account();
  const refused = [];
  world.server.answers.data = (mail) => mail.to[0] === ann.email && refused.push(mail.raw) === 1 && error(451, "4.7.1 greylisted");
  const { mail } = await linkFor(ann);
  assert.equal(refused.length, 2);
  assert.equal(readMail(refused[0]).headers["message-id"], mail.headers["message-id"]);
  assert.match(world.dispatcher.said, /attempt 1: 503: the mail server says: 451 4\.7\.1 greylisted; again in/);
});

test("a connection that ends in the middle: it is sent again, and either link works until one is used", async () => {
  const ann = await world.account();
  const cut = [];
  world.server.answers.data = async (mail, connection) => {
    if (mail.to[0] !== ann.email || cut.push(mail.raw) > 1) return undefined;
    connection.cut();
    return error(451, "4.0.0 nobody hears this");
  };
  const { mail, token } = await linkFor(ann);
  const first = readMail(cut[0]);
  assert.equal(first.headers["message-id"], mail.headers["message-id"]);
  const { token: earlier } = linkIn(first);
  assert.notEqual(earlier, token);
  assert.equal((await reset(earlier)).status, 200);
  assert.equal((await reset(token)).status, 410);
});

test("a recipient that is refused for good is dead at once, with the server's words", async () => {
  const ann = await world.account();
  world.server.answers.rcpt = (to) => to === ann.email && error(550, "5.1.1 no such mailbox");
  await world.recover(ann.email);
  await waitFor(() => world.waiting(ann.email)?.dead, { what: "it is dead" });
  const { attempt, reason } = world.waiting(ann.email);
  assert.equal(attempt, 1);
  assert.match(reason, /550 5\.1\.1 no such mailbox/);
});

test("a refusal of ourselves is no fault of the mail: it waits until the operator has repaired it", async () => {
  const ann = await world.account();
  world.server.answers.from = () => error(550, "5.7.1 not from you");
  await world.recover(ann.email);
  await waitFor(() => /550 5\.7\.1 not from you/.test(world.waiting(ann.email)?.reason), { what: "the reason" });
  assert.equal(world.waiting(ann.email).dead, false);
  world.setPassword("not the password");
  world.server.answers = {}; /* now, and no sooner: the next attempt may come at any time */
  world.hurry();
  await waitFor(() => /does not know|refuses our user or password: 535/.test(world.waiting(ann.email)?.reason), { what: "the reason" });
  world.setPassword(world.password);
  world.hurry();
  await world.server.next(ann.email);
  await world.isDone(ann.email);
});

test("without TLS, or with a certificate that is not the server's, nothing is said to it", async () => {
  const ann = await world.account();
  await world.listen({ tls: false });
  await world.recover(ann.email);
  await waitFor(() => world.waiting(ann.email)?.reason.length > 0, { what: "a reason" });
  assert.deepEqual(world.server.seen, []);
  const elsewhere = mkdtempSync(join(tmpdir(), "viva-ca-"));
  await world.listen(makeCertificate(elsewhere));
  rmSync(elsewhere, { recursive: true });
  world.hurry();
  await waitFor(() => /certificate|SSL/i.test(world.waiting(ann.email)?.reason), { what: "the reason" });
  assert.deepEqual(world.server.seen, []);
  await world.listen();
  world.hurry();
  await world.server.next(ann.email);
});

test("a mail server that is away keeps nobody from asking, and gets what waits when it is back", async () => {
  const ann = await world.account();
  const { port } = world.server;
  await world.server.close();
  for (let i = 0; i < 2; i++) assert.equal((await world.recover(ann.email)).status, 202);
  await waitFor(() => /connect/i.test(world.waiting(ann.email)?.reason), { what: "the reason" });
  world.server = { port, close: async () => {} };
  await world.listen();
  world.hurry();
  await world.server.next(ann.email);
  await world.isDone(ann.email);
});

/* Holds the answer to a mail's last byte until the test says go. */
function hold(email) {
  let arrived, go;
  const here = new Promise((done) => (arrived = done));
  const gate = new Promise((done) => (go = done));
  world.server.answers.data = async (mail) => {
    if (mail.to[0] !== email) return;
    arrived();
    await gate;
  };
  return { here, go };
}

test("a dispatcher that is killed while the server takes a mail: the next one delivers again, and no second mail is sent", async () => {
  const ann = await world.account();
  const { here, go } = hold(ann.email);
  await world.recover(ann.email);
  await here;
  world.dispatcher.kill("SIGKILL");
  await world.dispatcher.gone;
  go();
  await waitFor(() => world.sql(`SELECT 1 FROM recovery WHERE email = '${ann.email}' AND sent_at IS NOT NULL`).length === 1, { what: "it is noted" });
  assert.equal(world.waiting(ann.email).attempt, 1, "nobody has heard that it is done");
  world.deliver();
  await world.isDone(ann.email);
  assert.equal(world.server.to(ann.email).length, 1);
});

test("a function that is killed while the server takes a mail: it is sent again, under the same Message-ID", async () => {
  const ann = await world.account();
  const { here, go } = hold(ann.email);
  await world.recover(ann.email);
  await here;
  world.killFunction("mail");
  go();
  const [first, second] = [await world.server.next(ann.email, 1), await world.server.next(ann.email, 2)];
  assert.equal(first.headers["message-id"], second.headers["message-id"]);
  await world.isDone(ann.email);
});

test("nobody adds a header, a recipient or a command", async () => {
  const hostile = ["a@b.c\r\nBcc: eve@example.org", "a@b.c>\r\nRCPT TO:<eve@example.org", "a@b.c,eve@example.org", "a@b.c> NOTIFY=NEVER", "<eve@example.org>", "\"a\rb\"@c.d",
    "a\u0001b@c.d", "a@b.c\u2028Bcc", "\u00e4nn@example.org"];
  for (const [i, email] of hostile.entries()) {
    const literal = `E'${[...email].map((c) => `\\u${c.codePointAt(0).toString(16).padStart(4, "0")}`).join("")}'`;
    world.sql(`INSERT INTO account (id, email, name) VALUES ('hostile-${i}', ${literal}, 'x');
      INSERT INTO message (id, queue, body) VALUES ('hostile-${i}', 'mail', jsonb_build_object('kind', 'recovery', 'recipient', ${literal})::text)`);
  }
  const before = world.server.seen.length;
  await waitFor(() => world.sql("SELECT 1 FROM message WHERE id LIKE 'hostile-%' AND dead_at IS NOT NULL").length === hostile.length, { what: "all are dead", within: 60_000 });
  assert.deepEqual(world.server.seen.slice(before), []);
  const names = world.sql("SELECT DISTINCT attempt FROM message WHERE id LIKE 'hostile-%'").flat();
  assert.deepEqual(names, ["1"]);
});

test("an account is sent three links in an hour, whoever asks, and an address may ask ten times in ten minutes", async () => {
  const ann = await world.account();
  for (let n = 1; n <= 3; n++) await linkFor(ann, n);
  for (let n = 0; n < 3; n++) assert.equal((await world.recover(ann.email)).status, 202);
  await world.isDone(ann.email);
  assert.equal(world.server.to(ann.email).length, 3);
  const statuses = [];
  for (let n = 0; n < 12; n++) statuses.push((await world.recover(`${n}.${ann.email}`, "192.0.2.7")).status);
  assert.deepEqual(statuses, [...Array(10).fill(202), 429, 429]);
});

test("a link that is late, or whose account has another address or password by now, does nothing", async () => {
  const ann = await world.account();
  const { token } = await linkFor(ann);
  const hash = MailWorld.hash(token);
  const refused = async (why) => {
    const { status, body } = await reset(token);
    assert.deepEqual([status, body.type], [410, "gone"], why);
    return body.detail;
  };
  world.sql(`UPDATE recovery SET expires_at = now() - interval '1 s' WHERE token_hash = '${hash}'`);
  assert.match(await refused("late"), /expired/);
  world.sql(`UPDATE recovery SET expires_at = now() + interval '1 m' WHERE token_hash = '${hash}'; UPDATE account SET email = 'now-${ann.email}' WHERE email = '${ann.email}'`);
  await refused("another address");
  world.sql(`UPDATE account SET email = '${ann.email}' WHERE email = 'now-${ann.email}'`);
  const weak = await world.auth("reset", { token, password: "short" });
  assert.deepEqual([weak.status, weak.body.errors[0].pointer], [422, "/password"]);
  assert.equal((await world.auth("reset", { token: "A".repeat(43), password: fresh })).status, 410, "a link that never was");
  assert.equal((await reset(token)).status, 200, "none of this has spent it");
});

test("of several who use a link at the same time one succeeds", async () => {
  const ann = await world.account();
  const { token } = await linkFor(ann);
  const all = await Promise.all(Array.from({ length: 4 }, (_, i) => reset(token, `${fresh} ${i}`)));
  assert.deepEqual(all.map(({ status }) => status).sort(), [200, 410, 410, 410]);
  const won = all.findIndex(({ status }) => status === 200);
  assert.equal((await signin(ann.email, `${fresh} ${won}`)).status, 200);
});

test("who is no part of this sees nothing of it", () => {
  const as = (user, statement) => assert.throws(() => world.sql(statement, "viva", user), /permission denied|may not send/, `${user}: ${statement}`);
  for (const role of ["docs", "rooms", "runs", "system", "observe"]) as(`viva_${role}`, "SELECT * FROM recovery");
  as("viva_auth", "INSERT INTO recovery (token_hash, account_id, email, message, expires_at) SELECT 'x', id, email, 'x', now() FROM account");
  as("viva_mail", "SELECT password_hash FROM account");
  as("viva_mail", "SELECT token_hash FROM recovery");
  as("viva_mail", "UPDATE account SET email = 'eve@example.org'");
  as("viva_docs", "SELECT message_send('x', 'mail', '{}', false, NULL)");
  as("viva_mail", "SELECT message_send('x', 'mail', '{}', false, NULL)");
});

test("by smtps, and without a name where the server wants none", async () => {
  await world.listen({ implicit: true, user: undefined });
  await world.serve({ ...world.mailSettings("smtps"), VIVA_SMTP_USER: "" });
  const ann = await world.account();
  await linkFor(ann);
  assert.equal(world.server.seen.at(-1).secure, true);
});
