/*
 * fastcgi.mjs - a FastCGI client: asks a function on its socket as the gateway does, in as many pieces as wanted.
 *
 *   const pieces = request({ REQUEST_METHOD: "GET", ... });      // what goes over the wire, cut before its end
 *   const reply = await ask(socketPath, params);                 // {status, headers, body, raw}
 */
import net from "node:net";

const BEGIN = 1, END = 3, PARAMS = 4, STDIN = 5, STDOUT = 6;
const RECORD = 32_768;

function record(type, content = Buffer.alloc(0)) {
  const head = Buffer.from([1, type, 0, 1, content.length >> 8, content.length & 255, 0, 0]);
  return Buffer.concat([head, content]);
}

function length(n) {
  return n < 128 ? [n] : [(n >>> 24) | 128, (n >> 16) & 255, (n >> 8) & 255, n & 255];
}

function pairs(params) {
  return Buffer.concat(
    Object.entries(params).map(([name, value]) => {
      const [n, v] = [Buffer.from(name), Buffer.from(String(value))];
      return Buffer.concat([Buffer.from([...length(n.length), ...length(v.length)]), n, v]);
    }),
  );
}

/* Two pieces: all but the end, and the end. */
export function request(params, body = Buffer.alloc(0)) {
  const begin = record(BEGIN, Buffer.from([0, 1, 0, 0, 0, 0, 0, 0]));
  const stdin = Array.from({ length: Math.ceil(body.length / RECORD) }, (_, i) => record(STDIN, body.subarray(i * RECORD, (i + 1) * RECORD)));
  return [Buffer.concat([begin, record(PARAMS, pairs(params)), record(PARAMS), ...stdin]), record(STDIN)];
}

function parse(bytes) {
  const out = [];
  let ended = false;
  for (let at = 0; at + 8 <= bytes.length; ) {
    const size = bytes.readUInt16BE(at + 4);
    if (bytes[at + 1] === STDOUT) out.push(bytes.subarray(at + 8, at + 8 + size));
    ended ||= bytes[at + 1] === END;
    at += 8 + size + bytes[at + 6];
  }
  if (!ended) throw new Error(`the function hung up before its answer ended (${bytes.length} bytes)`);
  const all = Buffer.concat(out);
  const end = all.indexOf("\r\n\r\n");
  const [head, raw] = [all.subarray(0, end).toString(), all.subarray(end + 4)];
  const headers = Object.fromEntries(head.split("\r\n").map((line) => [line.split(":")[0].toLowerCase(), line.slice(line.indexOf(":") + 2)]));
  return { status: Number(headers.status), headers, body: raw.toString(), raw };
}

export function connect(path) {
  return new Promise((done, failed) => {
    const socket = net.connect(path, () => done(socket));
    socket.once("error", failed);
  });
}

/* What the function answers on a socket that has asked. */
export function answer(socket) {
  return new Promise((done, failed) => {
    const got = [];
    socket.on("data", (data) => got.push(data));
    socket.once("error", failed);
    socket.once("close", () => {
      try {
        done(parse(Buffer.concat(got)));
      } catch (error) {
        failed(error);
      }
    });
  });
}

export async function ask(path, params, body) {
  const socket = await connect(path);
  const reply = answer(socket);
  for (const piece of request(params, body)) socket.write(piece);
  return reply;
}
