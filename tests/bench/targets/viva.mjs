/*
 * viva.mjs - ours: the stack at VIVA_URL, its state in VIVA_STATE.
 *
 * An edit goes up as the provider sends it: one request at a time, and what gathers meanwhile goes with the next.
 * The 204 is the receipt: stored, then shown. All of the stack's processes count as the server but the
 * runner, its engine and the relay, which have no part in editing.
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as decoding from "lib0/decoding";
import { api } from "../../lib/api.mjs";
import { NOTHING, readLetters, readMessages, STEP1, STEP2, syncMessage, UPDATE } from "../edits.mjs";
import { command, descendants, processes } from "../proc.mjs";
import { Http, openSocket } from "../wire.mjs";

const { hostname: host, port } = new URL(process.env.VIVA_URL);
const top = resolve(import.meta.dirname, "../../..");
const state = resolve(top, process.env.VIVA_STATE);
const NOT_EDITING = /^s6-supervise (runner|dockerd|containerd|coturn)\b/;
const SUPERVISES = /^s6-/;

function serverPids() {
  const all = processes();
  const root = Number(readFileSync(join(state, "run/up.pid"), "utf8"));
  const others = all.filter(({ pid }) => NOT_EDITING.test(command(pid))).flatMap(({ pid }) => descendants(pid, all));
  return descendants(root, all).filter((pid) => pid !== root && !others.includes(pid) && !SUPERVISES.test(command(pid)));
}

class Client {
  #waiting = [];
  #busy = false;

  constructor(socket, http, room) {
    this.socket = socket;
    this.http = http;
    this.path = `/api/rooms/${room}/docs/code`;
    this.onletter = () => {};
    this.onreceipt = () => {};
    socket.onmessage = (bytes) =>
      readMessages(decoding.createDecoder(bytes), (type, step, payload) => {
        if (type === 0 && step !== STEP1) readLetters(payload, this.onletter);
      });
  }

  send(update) {
    this.#waiting.push(syncMessage(UPDATE, update));
    if (!this.#busy) this.#post();
  }

  #post() {
    const sent = this.#waiting;
    this.#waiting = [];
    this.#busy = true;
    this.http.post(`${this.path}/updates`, Buffer.concat(sent), (status) => {
      this.#busy = false;
      if (status === 204) sent.forEach(() => this.onreceipt());
      else if (status !== 0) throw new Error(`an edit was answered ${status}`);
      if (this.#waiting.length > 0) this.#post();
    });
  }

  state() {
    return new Promise((done, fail) => {
      this.http.post(`${this.path}/sync`, Buffer.from(syncMessage(STEP1, NOTHING)), (status, body) => {
        if (status !== 200) return fail(new Error(`sync was answered ${status}`));
        readMessages(decoding.createDecoder(body), (type, step, payload) => step === STEP2 && done(payload));
      });
    });
  }

  close() {
    this.socket.close();
    this.http.close();
  }
}

async function healthy() {
  for (let tries = 600; tries > 0; tries--) {
    const reply = await fetch(`${process.env.VIVA_URL}/api/health`).catch(() => null);
    if (reply?.ok && (await reply.json()).parts.every(({ name, ok }) => ok || name === "runner")) return;
    await new Promise((wake) => setTimeout(wake, 100));
  }
  throw new Error("the stack did not get healthy within a minute of the kill: make status");
}

/* Fewer than an account may open in an hour (x-limit of rooms_create). */
const ROOMS_EACH = 40;
let owner;
let opened = 0;

export const viva = {
  name: "Viva",
  durable: true,
  async start() {
    owner = await api.signup();
  },
  async stop() {},
  pids: serverPids,
  /* Everything at once: functions, Redis, PostgreSQL, all three nginx. */
  async kill() {
    for (const pid of serverPids()) {
      try {
        process.kill(pid, "SIGKILL");
      } catch (error) {
        if (error.code !== "ESRCH") throw error;
      }
    }
    await healthy();
  },
  async rooms(count) {
    const rooms = [];
    for (let i = 0; i < count; i++) {
      if (++opened % ROOMS_EACH === 0) owner = await api.signup();
      rooms.push(await api.room(owner, { title: `Bench ${i}` }));
    }
    return rooms;
  },
  /* People with a place in the room, not yet connected. */
  async seats(room, count) {
    const invite = await api.invite(room, "candidate");
    const seats = [];
    for (let i = 0; i < count; i++) {
      const person = api.anyone();
      person.adopt(await person.must(201, "POST", "/api/join", { invite, name: `Guest ${i}` }));
      seats.push({ room, person });
    }
    return seats;
  },
  async join({ room, person }) {
    await person.fresh();
    const where = { host, port, localAddress: person.address, headers: { authorization: `Bearer ${person.token}` } };
    const socket = await openSocket({ ...where, path: `${room.ws}/docs/code` });
    return new Client(socket, new Http(where), room.id);
  },
};
