/*
 * y-websocket.mjs - @y/websocket-server, in memory or with LevelDB: the reference server of Yjs.
 */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import * as decoding from "lib0/decoding";
import { NOTHING, readLetters, readMessages, STEP1, STEP2, syncMessage, UPDATE } from "../edits.mjs";
import { openSocket } from "../wire.mjs";
import { Child } from "./child.mjs";

const require = createRequire(import.meta.url);
const server = join(dirname(require.resolve("@y/websocket-server/package.json")), "src/server.js");

class Client {
  constructor(socket) {
    this.socket = socket;
    this.onletter = () => {};
    this.onreceipt = null;
    this.onstate = () => {};
    socket.onmessage = (bytes) => readMessages(decoding.createDecoder(bytes), this.#take);
  }

  #take = (type, step, payload) => {
    if (type !== 0) return;
    if (step === UPDATE) readLetters(payload, this.onletter);
    else if (step === STEP2) this.onstate(payload);
  };

  send(update) {
    this.socket.send(syncMessage(UPDATE, update));
  }

  /* What the server has of the document, as an update. */
  state() {
    return new Promise((done) => {
      this.onstate = done;
      this.socket.send(syncMessage(STEP1, NOTHING));
    });
  }

  close() {
    this.socket.close();
  }
}

export function yWebsocket(name, env) {
  const child = new Child([server], env);

  return {
    name,
    durable: false,
    start: () => child.start(),
    stop: () => child.kill(),
    pids: () => child.pids(),
    async kill() {
      await child.kill();
      await child.start();
    },
    rooms: async (count) => Array.from({ length: count }, (_, i) => `${performance.timeOrigin}-${performance.now()}-${i}`),
    seats: async (room, count) => Array(count).fill(room),
    join: async (room) => new Client(await openSocket({ host: child.host, port: child.port, path: `/${room}` })),
  };
}
