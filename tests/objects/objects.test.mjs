/*
 * objects.test.mjs - the same tests of functions/lib/io/objects.c (tests/unit/objects_test.c) against a server that speaks S3;
 * against one that fails now and then; and on a disk that is full.
 *
 * The server (s3rver) takes any signature, so a gate stands before it that checks each, from the bytes on the wire.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash, createHmac } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import S3rver from "s3rver";

const top = new URL("../..", import.meta.url).pathname;
const program = join(top, "build/test/objects_test");
const dir = mkdtempSync(join(tmpdir(), "viva-s3-"));
const SECRET = "a+secret/with=letters";
const LIMIT = { timeout: 180_000 };
let server, port;

/* Resolves to {code, out}: the program's own tests are what is asserted. */
const run = (command, args, env) =>
  new Promise((done) => {
    execFile(command, args, { env: { ...process.env, ...env }, encoding: "utf8" }, (error, stdout, stderr) =>
      done({ code: error ? error.code : 0, out: stdout + stderr }),
    );
  });

function secrets(name, lines) {
  const folder = join(dir, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "s3"), lines.map((line) => `${line}\n`).join(""), { mode: 0o400 });
  return folder;
}

const at = (name, port, secret = SECRET) => ({
  VIVA_OBJECTS: "s3://viva/some where",
  VIVA_SECRETS: secrets(name, [`endpoint http://127.0.0.1:${port}`, "region us-east-1", "key S3RVER", `secret ${secret}`]),
});

const sha256 = (data) => createHash("sha256").update(data).digest("hex");
const hmac = (key, text) => createHmac("sha256", key).update(text).digest();

/* Whether a request was signed by who knows the secret: path and headers as they came, the body's own hash. */
function isSigned({ method, url, headers }, body) {
  const [, day, region, service, names, signature] =
    /^AWS4-HMAC-SHA256 Credential=S3RVER\/(\d{8})\/([\w-]+)\/(s3)\/aws4_request, SignedHeaders=([\w;-]+), Signature=([0-9a-f]{64})$/.exec(headers.authorization) ?? [];
  if (!signature || headers["x-amz-content-sha256"] !== sha256(body)) return false;
  if (Object.keys(headers).some((name) => (name === "host" || name === "range" || name.startsWith("x-amz-")) && !names.split(";").includes(name))) return false;
  const [path, query = ""] = url.split("?");
  const canonical = [method, path, query, ...names.split(";").map((name) => `${name}:${headers[name]}`), "", names, sha256(body)].join("\n");
  const text = ["AWS4-HMAC-SHA256", headers["x-amz-date"], `${day}/${region}/${service}/aws4_request`, sha256(canonical)].join("\n");
  const key = [day, region, service, "aws4_request"].reduce(hmac, `AWS4${SECRET}`);
  return hmac(key, text).toString("hex") === signature;
}

/* The gate: lets through what is signed. `fails(n)` says what becomes of the nth request instead. */
async function gate(fails = () => undefined) {
  const seen = { count: 0, passed: 0 };
  const listener = http.createServer(async (ask, answer) => {
    const body = Buffer.concat(await ask.toArray());
    const failing = fails(++seen.count);
    if (failing === "dies") return void ask.socket.destroy();
    if (failing) return void answer.writeHead(503).end("<Error><Code>SlowDown</Code></Error>");
    if (!isSigned(ask, body)) return void answer.writeHead(403).end("<Error><Code>SignatureDoesNotMatch</Code></Error>");
    seen.passed++;
    const { method, url, headers } = ask;
    const on = http.request({ port, host: "127.0.0.1", method, path: url, headers }, (reply) => {
      answer.writeHead(reply.statusCode, reply.headers);
      reply.pipe(answer);
    });
    on.on("error", () => ask.socket.destroy());
    on.end(body);
  });
  await new Promise((done) => listener.listen(0, "127.0.0.1", done));
  return Object.assign(seen, { port: listener.address().port, close: () => listener.close() });
}

before(async () => {
  const made = await run("make", ["-C", top, "--no-print-directory", "build/test/objects_test"]);
  assert.equal(made.code, 0, made.out);
  server = new S3rver({ port: 0, address: "127.0.0.1", silent: true, directory: join(dir, "data"), configureBuckets: [{ name: "viva" }] });
  ({ port } = await server.run());
});
after(async () => {
  await server.close();
  rmSync(dir, { recursive: true, force: true });
});

test("a server that speaks S3: every request is signed as it arrives", LIMIT, async () => {
  const front = await gate();
  const { code, out } = await run(program, [], at("good", front.port));
  front.close();
  assert.equal(code, 0, out);
  assert.ok(front.passed > 20 && front.passed === front.count, `${front.passed} of ${front.count} passed`);
});

test("a wrong secret is refused by the server, and said without being shown", LIMIT, async () => {
  const front = await gate();
  const { code, out } = await run(program, [], at("bad", front.port, "WRONG"));
  front.close();
  assert.notEqual(code, 0);
  assert.match(out, /the store says 403 SignatureDoesNotMatch/);
  assert.doesNotMatch(out, /WRONG/);
  assert.equal(front.passed, 0);
});

test("a server that fails every third time, by an error or by hanging up, is asked again", LIMIT, async () => {
  const front = await gate((n) => n % 3 === 0 && (n % 2 ? "dies" : "is slow"));
  const { code, out } = await run(program, [], at("shaky", front.port));
  front.close();
  assert.equal(code, 0, out);
  assert.ok(front.count > front.passed, "it failed");
});

test("settings that make no sense are refused in words", LIMIT, async () => {
  const none = { VIVA_OBJECTS: "s3://viva", VIVA_SECRETS: secrets("none", ["endpoint http://127.0.0.1"]) };
  assert.match((await run(program, [], none)).out, /secret s3 wants the lines/);
  assert.match((await run(program, [], { VIVA_OBJECTS: "relative/path" })).out, /neither a directory/);
  assert.match((await run(program, [], { VIVA_OBJECTS: "/nowhere/at/all" })).out, /No such file or directory/);
});

test("a full disk: what was there stays, what does not fit is not half there, and room that is made is used", LIMIT, async () => {
  const full = join(dir, "full");
  mkdirSync(full);
  const as = process.getuid() === 0 ? [] : ["--map-root-user"];
  const script = `mount -t tmpfs -o size=1m small ${full} && VIVA_FULL=${full} exec ${program}`;
  const { code, out } = await run("unshare", [...as, "--mount", "sh", "-c", script], {});
  assert.equal(code, 0, out);
  assert.match(out, /OK.*a_full_disk/);
});
