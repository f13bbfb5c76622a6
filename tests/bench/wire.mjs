/*
 * wire.mjs - a WebSocket client and an HTTP client of a few lines each, so that a load of a thousand people
 * measures the server and not its own libraries. They take what our targets send; nothing more.
 */
import { randomBytes } from "node:crypto";
import net from "node:net";

const CRLF2 = Buffer.from("\r\n\r\n");

const headerLines = (headers) =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("");

/* Gathers what arrives and hands out what is complete: `take(buffer)` returns how much it used, 0 for "more". */
function reader(take) {
  let held = Buffer.alloc(0);

  return (chunk) => {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    let at = 0;
    for (;;) {
      const used = take(held.subarray(at));
      if (used === 0) break;
      at += used;
    }
    held = held.subarray(at);
  };
}

/* A client's frame: masked, as the protocol wants it; a mask of zeros is a mask and costs nothing. */
function clientFrame(opcode, payload) {
  const { length } = payload;
  const head = length < 126 ? Buffer.alloc(6) : length < 65536 ? Buffer.alloc(8) : Buffer.alloc(14);

  head[0] = 0x80 | opcode;
  if (length < 126) head[1] = 0x80 | length;
  else if (length < 65536) {
    head[1] = 0x80 | 126;
    head.writeUInt16BE(length, 2);
  } else {
    head[1] = 0x80 | 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([head, payload]);
}

/* A whole server frame at the start of the buffer: {opcode, fin, payload, used}, or null for "more". */
function serverFrame(buffer) {
  if (buffer.length < 2) return null;
  let length = buffer[1] & 0x7f;
  let from = 2;

  if (length === 126) {
    if (buffer.length < 4) return null;
    length = buffer.readUInt16BE(2);
    from = 4;
  } else if (length === 127) {
    if (buffer.length < 10) return null;
    length = Number(buffer.readBigUInt64BE(2));
    from = 10;
  }
  if (buffer.length < from + length) return null;
  return {
    opcode: buffer[0] & 0x0f,
    fin: (buffer[0] & 0x80) !== 0,
    payload: buffer.subarray(from, from + length),
    used: from + length,
  };
}

const TEXT = 1;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

/* Resolves to {send(bytes), close(), onmessage, onclose} once the handshake is answered with 101. */
export function openSocket({ host, port, path, headers = {}, localAddress }) {
  return new Promise((done, fail) => {
    const socket = net.connect({ host, port, localAddress, noDelay: true });
    const client = { onmessage: () => {}, onclose: () => {}, send: (bytes) => void socket.write(clientFrame(2, bytes)) };
    let open = false;
    let parts = [];

    client.close = () => socket.destroy();
    socket.on("connect", () =>
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
          `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\n` +
          `${headerLines(headers)}\r\n`,
      ),
    );
    socket.on("error", fail);
    socket.on("close", () => {
      fail(new Error(`${path}: closed`));
      client.onclose();
    });
    const frames = (buffer) => {
      const frame = serverFrame(buffer);
      if (frame === null) return 0;
      if (frame.opcode === PING) socket.write(clientFrame(PONG, frame.payload));
      else if (frame.opcode === CLOSE) socket.destroy();
      else if (frame.opcode < CLOSE) {
        parts.push(frame.payload);
        if (frame.fin) {
          const whole = parts.length === 1 ? parts[0] : Buffer.concat(parts);
          parts = [];
          client.onmessage(whole, frame.opcode === TEXT);
        }
      }
      return frame.used;
    };
    const handshake = (buffer) => {
      const end = buffer.indexOf(CRLF2);
      if (end < 0) return 0;
      const line = buffer.subarray(0, buffer.indexOf("\r\n")).toString("latin1");
      if (!/^HTTP\/1\.1 101 /.test(line)) {
        fail(new Error(`${path}: ${line}`));
        socket.destroy();
        return 0;
      }
      open = true;
      done(client);
      return end + 4;
    };
    socket.on("data", reader((buffer) => (open ? frames(buffer) : handshake(buffer))));
  });
}

/* A kept connection on which POSTs go one after another: post(path, body, (status, body) => ...). */
export class Http {
  #then = null;
  #socket = null;

  constructor({ host, port, headers = {}, localAddress }) {
    this.where = { host, port, localAddress, noDelay: true };
    this.head = `Host: ${host}:${port}\r\n${headerLines(headers)}Content-Type: application/octet-stream\r\n`;
  }

  post(path, body, then) {
    this.#then = then;
    this.#socket ??= this.#connect();
    this.#socket.write(
      Buffer.concat([Buffer.from(`POST ${path} HTTP/1.1\r\n${this.head}Content-Length: ${body.length}\r\n\r\n`), body]),
    );
  }

  close() {
    this.#then = null;
    this.#socket?.destroy();
  }

  #connect() {
    const socket = net.connect(this.where);
    const gone = () => {
      if (this.#socket === socket) this.#socket = null;
      this.#answer(0, Buffer.alloc(0));
    };
    socket.on("error", () => {});
    socket.on("close", gone);
    socket.on("data", reader((buffer) => this.#take(buffer)));
    return socket;
  }

  #answer(status, body) {
    const then = this.#then;
    this.#then = null;
    then?.(status, body);
  }

  #take(buffer) {
    const end = buffer.indexOf(CRLF2);
    if (end < 0) return 0;
    const head = buffer.subarray(0, end).toString("latin1");
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    const used = end + 4 + length;
    if (buffer.length < used) return 0;
    this.#answer(Number(head.slice(9, 12)), buffer.subarray(end + 4, used));
    return used;
  }
}
