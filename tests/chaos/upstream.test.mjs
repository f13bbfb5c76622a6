/*
 * upstream.test.mjs - functions that answer with anything but an answer: whoever asked is told to come back, in our own words,
 * or sees that what they have is not all. Nobody sees what a function said, and the next request is served.
 *
 * For a while something else listens where the gateway looks for a function; the function's own socket lies beside it.
 */
import assert from "node:assert/strict";
import { chmodSync, existsSync, renameSync, rmSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ownAddress, send } from "../lib/http.mjs";
import { state, watch } from "../lib/stack.mjs";
import { waitFor } from "../lib/wait.mjs";

const PATH = "/api/openapi.json"; /* of `system`, which nobody else here asks */
const LIMIT = { timeout: 180_000 };
const SECRET = "what a function said";

let calm;
/* A socket's path may be 107 bytes long, and a state directory lies where it lies. */
process.chdir(join(state, "run/fn"));
before(() => {
  calm = watch();
  if (!existsSync("system.away")) renameSync("system.sock", "system.away");
});
after(async () => {
  rmSync("system.sock", { force: true });
  renameSync("system.away", "system.sock");
  await waitFor(async () => (await ask()).status === 200, { what: "the function itself" });
  calm();
});

const ask = (within = 60_000) => send({ method: "GET", path: PATH, address: ownAddress(), within, agent: new http.Agent() });

const record = (type, text, { version = 1, size } = {}) => {
  const content = Buffer.from(text);
  const length = size ?? content.length;
  return Buffer.concat([Buffer.from([version, type, 0, 1, length >> 8, length & 255, 0, 0]), content]);
};
const STDOUT = 6, STDERR = 7;
const END = record(3, "\0\0\0\0\0\0\0\0");
const head = (...lines) => [...lines, "", ""].join("\r\n");
const GOOD = head("Status: 200", "Content-Type: application/json");

/* Listens in the function's place while `use` runs; `answer(socket)` has a request that has come whole; none: hangs up unread. */
async function instead(answer, use) {
  const server = net.createServer((socket) => {
    let got = Buffer.alloc(0);
    socket.on("error", () => {});
    if (!answer) return socket.destroy();
    socket.on("data", (data) => {
      got = Buffer.concat([got, data]);
      if (got.subarray(-8).equals(Buffer.from([1, 5, 0, 1, 0, 0, 0, 0]))) answer(socket);
    });
  });
  await new Promise((done) => server.listen("system.sock", done));
  chmodSync("system.sock", 0o666);
  try {
    return await use();
  } finally {
    await new Promise((done) => server.close(done));
    rmSync("system.sock", { force: true });
  }
}

function told({ status, headers, raw }, wanted, what) {
  assert.equal(status, wanted, `${what}: ${status} ${raw}`);
  assert.match(headers["content-type"], /^application\/problem\+json/, what);
  if (wanted === 503) assert.ok(Number(headers["retry-after"]) >= 1, what);
  assert.match(headers["content-security-policy"], /default-src 'none'/, what);
  const problem = JSON.parse(raw);
  assert.deepEqual([problem.status, problem.type], [wanted, wanted === 503 ? "busy" : "timeout"], what);
  assert.match(problem.request, /^[0-9a-f]{32}$/, what);
  assert.doesNotMatch(JSON.stringify(headers) + raw, new RegExp(`nginx|sock|${SECRET}`), what);
}

const NO_ANSWERS = {
  "nothing at all": [],
  "an end without an answer": [END],
  "half a record": [Buffer.from([1, STDOUT, 0])],
  "a record that is longer than what there is": [record(STDOUT, `Status: 200\r\nX-A: ${SECRET}`, { size: 4000 })],
  "half a head": [record(STDOUT, `Status: 200\r\nContent-Type: ${SECRET}`)],
  "a head without its end": [record(STDOUT, `Status: 200\r\nX-A: ${SECRET}\r\n`), END],
  "HTTP": ["HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno"],
  "noise": [Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 197 + 31) & 255))],
  "another version of FastCGI": [record(STDOUT, GOOD + SECRET, { version: 9 })],
  "a record of no known type": [record(77, GOOD + SECRET)],
  "a status that is none": [record(STDOUT, head(`Status: ${SECRET}`)), END],
  "a header that is none": [record(STDOUT, head("Status: 200", "\0\0: x")), END],
  "a head that is too large": [record(STDOUT, head("Status: 200", `X-A: ${SECRET.repeat(2000)}`)), END],
  "words on stderr only": [record(STDERR, SECRET), END],
};

for (const [what, bytes] of Object.entries(NO_ANSWERS)) {
  test(`${what}: 503, and nothing of it`, LIMIT, async () => {
    const answer = (socket) => socket.end(Buffer.concat(bytes.map((part) => Buffer.from(part))));
    told(await instead(answer, () => ask()), 503, what);
  });
}

test("no socket, and the socket of nobody: 503", LIMIT, async () => {
  told(await ask(), 503, "no socket");
  await instead(() => {}, () => renameSync("system.sock", "system.left")); /* node takes away what it made, by its name */
  renameSync("system.left", "system.sock");
  told(await ask(), 503, "nobody listens");
  rmSync("system.sock");
});

test("a connection that is reset: 503", LIMIT, async () => {
  told(await instead(null, () => ask()), 503, "a reset");
});

test("no answer in time: 504, and nobody else waits", LIMIT, async () => {
  await instead(() => {}, async () => {
    const late = ask(120_000);
    for (let i = 0; i < 20; i++) assert.equal((await send({ method: "GET", path: "/api/languages", address: ownAddress() })).status, 200);
    told(await late, 504, "late");
  });
});

test("half an answer, and then the function is killed: nobody takes it for all", LIMIT, async () => {
  /* A length is what tells it from a whole one: tests/api/contract.test.mjs sees that every answer has one. */
  const first = head("Status: 200", "Content-Type: application/json", "Content-Length: 60000");
  const answer = (socket) => {
    socket.write(record(STDOUT, `${first}${"x".repeat(20_000)}`));
    socket.end(record(STDOUT, "y".repeat(100), { size: 8000 }));
  };
  await assert.rejects(instead(answer, () => ask()), /aborted|hang up|ECONNRESET/);
});
