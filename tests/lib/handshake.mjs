/*
 * handshake.mjs - WebSockets by hand: every header of the handshake and every bit of a frame.
 */
import { randomBytes } from "node:crypto";
import { ownAddress } from "./http.mjs";
import { connect } from "./raw.mjs";
import { within } from "./wait.mjs";

const STANDARD = { Host: "viva", Upgrade: "websocket", Connection: "Upgrade", "Sec-WebSocket-Version": "13" };

/*
 * Sends a handshake and resolves to {status, headers, socket}: the raw socket, for frames, with what came after
 * the head in `socket.early`. headers replace the usual ones; null leaves one out.
 */
export async function handshake(path, { headers = {}, line = `GET ${path} HTTP/1.1`, address = ownAddress(), patience = 8000 } = {}) {
  const socket = await connect(address);
  const all = { ...STANDARD, "Sec-WebSocket-Key": randomBytes(16).toString("base64"), ...headers };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [value].flat().map((v) => `${name}: ${v}`)));
  let text = "";

  socket.on("error", () => {});
  const head = new Promise((done, fail) => {
    const read = (chunk) => {
      text += chunk.toString("latin1");
      const end = text.indexOf("\r\n\r\n");
      if (end < 0) return;
      socket.off("data", read);
      socket.early = Buffer.from(text.slice(end + 4), "latin1");
      done(text.slice(0, end));
    };
    socket.on("data", read);
    socket.once("close", () => fail(new Error(`${path}: closed before an answer: ${text}`)));
  });
  head.catch(() => {});
  socket.write([line, ...lines, "", ""].join("\r\n"));
  const answer = await within(patience, head, `an answer to ${line}`).catch((error) => {
    socket.destroy();
    throw error;
  });
  const [status, ...rest] = answer.split("\r\n");
  return {
    status: Number(status.split(" ")[1]),
    headers: Object.fromEntries(rest.map((l) => [l.split(":")[0].toLowerCase(), l.slice(l.indexOf(":") + 1).trim()])),
    socket,
  };
}

/* A frame as a client sends it; every part can be said otherwise. */
export function frame({ fin = 1, rsv = 0, opcode = 1, masked = true, payload = Buffer.alloc(0), length = payload.length, wide }) {
  const head = [(fin << 7) | (rsv << 4) | opcode];
  const mask = masked ? 0x80 : 0;
  if (wide === 64 || length > 0xffff) {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(BigInt(length));
    head.push(mask | 127, ...bytes);
  } else if (wide === 16 || length > 125) head.push(mask | 126, length >> 8, length & 0xff);
  else head.push(mask | length);
  const key = randomBytes(4);
  const body = masked ? Buffer.from(payload.map((byte, i) => byte ^ key[i % 4])) : Buffer.from(payload);
  return Buffer.concat([Buffer.from(head), masked ? key : Buffer.alloc(0), body]);
}

/* Resolves when the other side has closed, or after `ms`. */
export const closed = (socket, ms = 1500) =>
  new Promise((done) => {
    const timer = setTimeout(() => done(false), ms);
    socket.resume();
    socket.once("close", () => {
      clearTimeout(timer);
      done(true);
    });
  });
