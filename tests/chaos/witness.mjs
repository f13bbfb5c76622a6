/*
 * witness.mjs - people who write by hand and remember: every update that was answered with 204, and every update
 * that anyone saw on a socket.
 *
 * They never send a thing a second time once it was answered, so what the server loses stays lost and is found.
 * (The app's provider would bring it back: it is tried beside them, in another room.)
 */
import * as Y from "yjs";
import * as frames from "../lib/frames.mjs";

const pause = (ms) => new Promise((wake) => setTimeout(wake, ms));

/* Types a word at a time; each is tried until it is answered, as a provider does. */
export class Typist {
  answered = [];
  tries = 0;
  #doc = new Y.Doc();
  #going = true;

  constructor(person, room) {
    this.done = this.#type(person, room);
  }

  async #type(person, room) {
    for (let n = 0; this.#going; n++) {
      const bytes = frames.type(this.#doc, `${n} `);
      await this.#send(person, `${room.path}/docs/code/updates`, frames.update(bytes));
      this.answered.push(bytes);
      await pause(20);
    }
  }

  /* A refusal (4xx) would be a finding; anything else is tried again. */
  async #send(person, path, body) {
    for (;;) {
      this.tries++;
      const res = await person.post(path, body).catch((error) => ({ status: 0, raw: String(error) }));
      if (res.status === 204) return;
      if (res.status >= 400 && res.status < 500 && res.status !== 429) {
        throw new Error(`an edit was refused: ${res.status} ${res.raw}`);
      }
      await pause(50);
    }
  }

  stop() {
    this.#going = false;
    return this.done;
  }
}

/* Listens, again and again, and keeps what it hears. */
export class Listener {
  seen = [];
  connections = 0;
  #going = true;
  #socket;

  constructor(person, path) {
    this.done = this.#listen(person, path);
  }

  async #listen(person, path) {
    while (this.#going) {
      try {
        this.#socket = await person.socket(path);
      } catch {
        await pause(100);
        continue;
      }
      this.connections++;
      while (this.#going && this.#socket.closed === null) await pause(20);
      this.seen.push(...this.#socket.messages);
      if (this.#socket.faults.length > 0) throw this.#socket.faults[0];
    }
  }

  async stop() {
    this.#going = false;
    await this.done;
    this.#socket?.abort();
    return this.seen;
  }
}

/* The updates inside a document's frames. */
export const updatesIn = (messages) =>
  messages.flatMap(frames.read).filter((m) => m.type === "sync" && m.step !== "step1").map((m) => m.bytes);

/* Of these updates, those that a document lacks any part of. */
export function lacking(doc, updates) {
  const has = Y.decodeStateVector(Y.encodeStateVector(doc));
  return updates.filter((update) => {
    const { to } = Y.parseUpdateMeta(update);
    return [...to].some(([client, clock]) => (has.get(client) ?? 0) < clock);
  });
}
