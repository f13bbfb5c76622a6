/*
 * raw.mjs - bytes on a TCP connection, for requests that no HTTP client would write.
 */
import net from "node:net";
import { base, ownAddress } from "./http.mjs";

const { hostname, port } = new URL(base);

export function connect(address = ownAddress()) {
  return new Promise((done, fail) => {
    const socket = net.connect({ host: hostname, port, localAddress: address }, () => done(socket));
    socket.once("error", fail);
  });
}

/*
 * Sends the parts one after another, half-closes if `end`, and resolves to {text, ended} when the server
 * closes, when `until(text)` is true, or after `within` ms (ended: false: it still waits, as it may).
 */
export async function talk(parts, { within = 3000, end = false, until = () => false } = {}) {
  const socket = await connect();
  const chunks = [];
  const text = () => Buffer.concat(chunks).toString("latin1");

  try {
    return await new Promise((done) => {
      const finish = (ended) => done({ text: text(), ended });
      const timer = setTimeout(() => finish(false), within);
      timer.unref();
      socket.on("data", (chunk) => {
        chunks.push(chunk);
        if (until(text())) finish(true);
      });
      socket.on("close", () => finish(true));
      socket.on("error", () => finish(true));
      for (const part of parts) socket.write(part);
      if (end) socket.end();
    });
  } finally {
    socket.destroy();
  }
}

/* The status codes of the answers in a transcript, in order. */
export const statuses = (text) => [...text.matchAll(/HTTP\/1\.[01] (\d{3})\b/g)].map((m) => Number(m[1]));
