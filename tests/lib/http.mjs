/*
 * http.mjs - one HTTP request to the stack, nothing hidden.
 *
 * Not fetch(): tests need several addresses on loopback (limits count by address), paths that are not
 * normalised, and headers that a browser would not send.
 */
import http from "node:http";

if (!process.env.VIVA_URL) {
  throw new Error(
    "VIVA_URL is not set. Start a stack (make run PORT=8080 VIVA_STATE=./.viva) and say where it is: " +
      "VIVA_URL=http://127.0.0.1:8080 VIVA_STATE=./.viva node --test tests/api/",
  );
}

/* Where the stack answers, without a slash at the end. */
export const base = process.env.VIVA_URL.replace(/\/+$/, "");
export const origin = new URL(base).origin;
const { hostname, port } = new URL(base);
const local = hostname === "127.0.0.1" || hostname === "localhost";

/* Kept connections, but shorter than the server keeps them: a request never meets a closing one. */
const agents = new Map();

function agentFor(address) {
  if (!agents.has(address)) agents.set(address, new http.Agent({ keepAlive: true, timeout: 4000, maxSockets: 64 }));
  return agents.get(address);
}

/* An address on loopback that nobody else in this run is likely to use. */
export function ownAddress() {
  const byte = () => 1 + Math.floor(Math.random() * 253);
  return local ? `127.${byte()}.${byte()}.${byte()}` : undefined;
}

/* Sends `body` (Buffer, string or undefined) and resolves to {status, headers, raw}; an error after `within` ms. */
export function send({ method, path, headers = {}, body, address, within = 30000, agent = agentFor(address) }) {
  return new Promise((done, fail) => {
    const request = http.request(
      { hostname, port, method, path, headers, agent, localAddress: address },
      (reply) => {
        const chunks = [];
        reply.on("data", (chunk) => chunks.push(chunk));
        reply.on("error", settle(fail));
        reply.on(
          "end",
          settle(() => done({ status: reply.statusCode, headers: reply.headers, raw: Buffer.concat(chunks) })),
        );
      },
    );
    const timer = setTimeout(
      () => request.destroy(new Error(`${method} ${path}: no answer within ${within} ms`)),
      within,
    );
    function settle(then) {
      return (value) => {
        clearTimeout(timer);
        then(value);
      };
    }
    request.on("error", settle(fail));
    request.on("upgrade", (reply, socket) => {
      socket.destroy();
      settle(done)({ status: reply.statusCode, headers: reply.headers, raw: Buffer.alloc(0) });
    });
    request.end(body);
  });
}
