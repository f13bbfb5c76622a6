/*
 * socket.mjs - a WebSocket of the stack, as a test reads it: what has come so far, and waiting for more.
 */
import assert from "node:assert/strict";
import http from "node:http";
import WebSocket from "ws";
import { check } from "./contract.mjs";
import { base } from "./http.mjs";
import { waitFor } from "./wait.mjs";

/* The schema of a text frame, by the path of the socket; documents carry binary frames. */
const FRAMES = [
  [/\/events(\?|$)/, "RoomEvent"],
  [/\/signal(\?|$)/, "Signal"],
  [/\/terminal$/, "TerminalChunk"],
];

function read(path, data, binary) {
  const schema = FRAMES.find(([pattern]) => pattern.test(path))?.[1];
  if (schema === undefined) {
    assert.ok(binary, "a document's frames are binary");
    return new Uint8Array(data);
  }
  assert.ok(!binary, `${schema} frames are text`);
  return check(schema, JSON.parse(data.toString()));
}

export class Socket {
  /* Every message so far, in order: parsed and checked JSON, or bytes. */
  messages = [];
  closed = null; /* {code, reason} once it is */
  faults = []; /* frames that do not fit the contract */

  constructor(ws, path) {
    this.ws = ws;
    ws.on("message", (data, binary) => {
      try {
        this.messages.push(read(path, data, binary));
      } catch (error) {
        this.faults.push(error);
      }
    });
    ws.on("close", (code, reason) => (this.closed = { code, reason: String(reason) }));
    ws.on("error", () => {});
  }

  /* The first message (of those to come and those that came) for which `wanted` is true. */
  async next(wanted = () => true, { within, what } = {}) {
    return waitFor(
      () => {
        if (this.faults.length > 0) throw this.faults[0];
        const index = this.messages.findIndex(wanted);
        return index < 0 ? false : { message: this.messages[index] };
      },
      { within, what: what ?? `a message for which ${wanted}` },
    ).then((found) => found.message);
  }

  /* Closes it and checks that every frame fitted the contract. */
  async close() {
    if (this.closed === null) {
      this.ws.close();
      await waitFor(() => this.closed, { what: "the socket to close" });
    }
    if (this.faults.length > 0) throw this.faults[0];
  }

  /* Cuts the connection without a word. */
  abort() {
    this.ws.terminate();
  }
}

/*
 * Opens /ws/... : a Socket, or where the handshake was refused an Error with `status` and `body`.
 * options: headers, origin, address, protocols, and whatever `ws` takes.
 */
export function open(path, { headers = {}, origin, address, protocols = [], ...rest } = {}) {
  return new Promise((done, fail) => {
    const ws = new WebSocket(base.replace(/^http/, "ws") + path, protocols, {
      headers,
      origin,
      localAddress: address,
      perMessageDeflate: false,
      handshakeTimeout: 30000,
      agent: new http.Agent({ keepAlive: false }) /* or a refusal would keep its connection, and us */,
      ...rest,
    });
    const socket = new Socket(ws, path);
    ws.on("open", () => done(socket));
    ws.on("error", fail);
    ws.on("unexpected-response", (request, reply) => {
      const chunks = [];
      reply.on("data", (chunk) => chunks.push(chunk));
      reply.on("end", () => {
        const raw = Buffer.concat(chunks);
        const error = new Error(`handshake refused: ${reply.statusCode} ${raw}`);
        fail(Object.assign(error, { status: reply.statusCode, headers: reply.headers, raw }));
      });
    });
  });
}
