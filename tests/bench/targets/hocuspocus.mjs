/*
 * hocuspocus.mjs - @hocuspocus/server with SQLite. Its messages are y-protocols behind the document's name; it
 * answers each edit with a status, which says that it took it, not that it stored it.
 */
import { join } from "node:path";
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { NOTHING, readLetters, STEP1, STEP2, syncMessage, UPDATE } from "../edits.mjs";
import { openSocket } from "../wire.mjs";
import { Child } from "./child.mjs";

const SYNC = 0;
const AUTH = 2;
const SYNC_REPLY = 4;
const STATUS = 8;

function authMessage(name) {
  const to = encoding.createEncoder();
  encoding.writeVarString(to, name);
  encoding.writeVarUint(to, AUTH);
  encoding.writeVarUint(to, 0);
  encoding.writeVarString(to, "");
  return encoding.toUint8Array(to);
}

class Client {
  constructor(socket, name) {
    this.socket = socket;
    this.name = name;
    this.onletter = () => {};
    this.onreceipt = () => {};
    this.onstate = () => {};
    this.ready = new Promise((done) => (this.authenticated = done));
    socket.onmessage = (bytes) => this.#take(decoding.createDecoder(bytes));
    socket.send(authMessage(name));
  }

  #take(from) {
    decoding.readVarString(from);
    const type = decoding.readVarUint(from);

    if (type === AUTH) this.authenticated();
    else if (type === STATUS) this.onreceipt();
    else if (type === SYNC || type === SYNC_REPLY) {
      const step = decoding.readVarUint(from);
      if (step === UPDATE) readLetters(decoding.readVarUint8Array(from), this.onletter);
      else if (step === STEP2) this.onstate(decoding.readVarUint8Array(from));
    }
  }

  send(update) {
    this.socket.send(syncMessage(UPDATE, update, this.name));
  }

  state() {
    return new Promise((done) => {
      this.onstate = done;
      this.socket.send(syncMessage(STEP1, NOTHING, this.name));
    });
  }

  close() {
    this.socket.close();
  }
}

export function hocuspocus(name, folder) {
  const child = new Child([new URL("hocuspocus-server.mjs", import.meta.url).pathname], {
    DATABASE: join(folder, "hocuspocus.sqlite"),
  });

  return {
    name,
    needs: "better-sqlite3",
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
    async join(room) {
      const client = new Client(await openSocket({ host: child.host, port: child.port, path: "/" }), room);
      await client.ready;
      return client;
    },
  };
}
