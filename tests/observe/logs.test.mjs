/*
 * logs.test.mjs - every line of every service is a JSON object that says when, how bad and who; and nothing that
 * opens a door is ever in one.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { api, patiently, waitFor } from "../lib/api.mjs";
import { base } from "../lib/http.mjs";
import { markLogs, state } from "../lib/stack.mjs";

/* start.log, up.log and s6.log tell a person how the stack starts; services have a folder each. */
const services = readdirSync(join(state, "log"), { withFileTypes: true }).filter((e) => e.isDirectory()).map((e) => e.name);
const linesOf = (lines) => lines.filter(({ file }) => services.some((name) => file.startsWith(join(state, "log", `${name}/`))));

const LEVELS = ["debug", "info", "warn", "error"];

function check({ file, line }) {
  let said;
  try {
    said = JSON.parse(line);
  } catch {
    assert.fail(`${file}: no JSON: ${line.slice(0, 300)}`);
  }
  assert.match(said.ts ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, line);
  assert.ok(LEVELS.includes(said.level), line);
  assert.ok(typeof said.service === "string" && said.service.length > 0, line);
  if (said.request !== undefined) assert.match(said.trace ?? "", /^[0-9a-f]{32}$/, line);
  return said;
}

test("since each service's first line, every line is an object with time, level and service", () => {
  const current = services.flatMap((name) => {
    const file = join(state, "log", name, "current");
    return readFileSync(file, "utf8").split("\n").filter(Boolean).map((line) => ({ file, line }));
  });
  const seen = new Set(current.map(check).map((said) => said.service));
  for (const name of ["postgres", "redis", "coturn", "fnd", "runner", "system"]) assert.ok(seen.has(name), `a line of ${name}`);
});

test("hostile requests break no line", async () => {
  const since = markLogs();
  const odd = ["/api/%ff%fe", '/api/"},{"level":"x', "/api/%0a%0d{", `/api/${"x".repeat(3000)}`, "/ws/%22", "/%00", "/api/rooms/\\", "/api/é"];
  for (const path of odd) await fetch(base + path, { headers: { "user-agent": '"}\n'.trim(), referer: '"x"' } }).catch(() => {});
  const last = await api.anyone().get("/api/me");
  const lines = await waitFor(() => {
    const found = linesOf(since()).map(check);
    return found.some((said) => said.service === "gateway" && said.request === last.headers["x-request-id"]) && found;
  }, { what: "the gateway's line of the last request" });
  for (const said of lines.filter((line) => line.service === "gateway" && line.path)) assert.ok(said.path.length <= 210, said.path);
});

/* Signing up, in, wrongly, out; links, cookies, calls: whatever goes over the wire that others must not have. */
async function people() {
  const secrets = new Set();
  const keep = (...texts) => texts.flat().filter((text) => text?.length >= 12).forEach((text) => secrets.add(text));
  const ann = await api.signup({ name: "Ann", password: "correct horse battery staple" });
  keep(ann.password, ann.token, ann.session.refresh_token, [...ann.cookies.values()]);
  const again = await api.signin(ann);
  keep(again.token, again.session.refresh_token, [...again.cookies.values()]);
  const wrong = "an entirely wrong password";
  keep(wrong);
  const refused = await patiently(() => api.anyone().post("/api/auth/signin", { email: ann.email, password: wrong }));
  assert.equal(refused.status, 401);
  await api.anyone().post("/api/auth/signin", { email: ann.email, password: wrong, extra: wrong });
  await again.refresh();
  keep(again.token, again.session.refresh_token);
  const room = await api.room(ann);
  const invite = await api.inviteLink(room);
  keep(invite.token);
  const guest = await api.guest(room);
  keep(guest.token, guest.session.refresh_token, [...guest.cookies.values()]);
  /* As people mistype and programs go wrong: secrets where they do not belong. */
  const get = (path, headers = {}) => fetch(base + path, { headers }).catch(() => {});
  await get(`/join/${invite.token}`);
  await get(`/join?invite=${invite.token}`);
  await get(`/api/join?invite=${invite.token}`);
  await get(`/api/me?access_token=${ann.token}`);
  await get("/api/me", { authorization: `Bearer ${ann.token}x` });
  await get("/api/me", { authorization: `Basic ${ann.token}`, cookie: `viva=${ann.token}; viva_refresh=${ann.session.refresh_token}` });
  await get(`/api/nothing?password=${encodeURIComponent(ann.password)}`, { referer: `${base}/join#${invite.token}` });
  await api.anyone().post("/api/join", { invite: `${invite.token.slice(0, 21)}x`, name: "Eve" });
  await api.anyone().post("/api/auth/refresh", { refresh_token: `${ann.session.refresh_token}x` }, { check: false });
  await api.anyone().post("/api/auth/first", { token: ann.session.refresh_token.slice(0, 32) }, { check: false });
  const ear = await ann.socket(`${room.ws}/events`, { by: "cookie" });
  ear.close();
  const run = await api.run(ann, room, `print("${invite.token}")`);
  await waitFor(async () => (await ann.get(`/api/runs/${run.id}`)).body.ended_at, { within: 120_000, what: "the run to end" });
  await again.post("/api/auth/signout");
  return secrets;
}

/* What the stack itself keeps: passwords of roles, the relay's secret, keys, the owner's link. */
function own() {
  const folder = join(state, "secrets");
  const texts = readdirSync(folder).filter((name) => !name.endsWith(".pub")).map((name) => readFileSync(join(folder, name), "utf8").trim());
  const words = texts.flatMap((text) => text.split(/[\s:]+/)).filter((word) => word.length >= 20 && !/^-+/.test(word));
  const link = spawnSync(join(import.meta.dirname, "../../infra/machine/link"), { env: { ...process.env, VIVA_STATE: state }, encoding: "utf8" });
  assert.equal(link.status, 0, link.stderr);
  return [...words, /#([\w-]{20,})/.exec(link.stdout)[1]];
}

test("no token, cookie, link or password is ever logged", async () => {
  const since = markLogs();
  const secrets = [...(await people()), ...own()];
  assert.ok(secrets.length > 12);
  const last = await api.anyone().get("/api/me");
  await waitFor(() => since().some(({ line }) => line.includes(last.headers["x-request-id"])), { what: "the last request's line" });
  const lines = since().map(({ line }) => line).join("\n");
  const forms = (secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), Buffer.from(secret).toString("base64").slice(0, -4)];
  for (const secret of secrets)
    for (const form of forms(secret)) assert.ok(!lines.includes(form), `a secret of ${secret.length} letters is in: ${lines.split("\n").find((line) => line.includes(form))}`);
  assert.ok(lines.length > 1000, "and there was something to look at");
});
