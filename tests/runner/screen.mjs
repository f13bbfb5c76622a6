/*
 * screen.mjs - the room's terminal as one person sees it, for tests.
 *
 *   await open(ann, room);
 *   const screen = await Screen.open(ann, room);   // subscribes, then fetches, and merges by seq, as the app does
 *   await screen.sees(/\$ $/);
 *   await type(ann, room, "ls\r");
 */
import assert from "node:assert/strict";
import { waitFor } from "../lib/api.mjs";

export const PATIENCE = { within: 60_000 };

export class Screen {
  static async open(person, room) {
    const screen = new Screen();
    screen.ear = await person.socket(`${room.ws}/terminal`);
    const view = await person.must(200, "GET", `${room.path}/terminal`);
    screen.terminal = view.terminal;
    screen.first = view.chunks;
    return screen;
  }

  /* All chunks in order; a gap would be a mistake. */
  chunks() {
    const { id } = this.terminal;
    const bySeq = new Map([...this.first, ...this.ear.messages].filter((c) => c.terminal === id).map((c) => [c.seq, c]));
    const chunks = [...bySeq.values()].sort((a, b) => a.seq - b.seq);
    assert.deepEqual(chunks.map((c) => c.seq), chunks.map((_, i) => chunks[0].seq + i), "no gap, none twice");
    return chunks;
  }

  text(kind = "output") {
    return this.chunks().filter((c) => c.kind === kind).map((c) => c.data).join("");
  }

  sees(pattern) {
    return waitFor(() => pattern.exec(this.text()), { ...PATIENCE, every: 20, what: `${pattern} in ${JSON.stringify(this.text().slice(-500))}` });
  }

  close() {
    return this.ear.close();
  }
}

export const open = (person, room, more = {}) => person.must(202, "POST", `${room.path}/terminal`, { rows: 24, columns: 80, ...more });
export const type = (person, room, data) => person.must(204, "POST", `${room.path}/terminal/input`, { data });
export const view = async (person, room) => (await person.must(200, "GET", `${room.path}/terminal`)).terminal;
export const ended = (person, room) =>
  waitFor(async () => {
    const now = await view(person, room);
    return now.status === "ended" && now;
  }, { ...PATIENCE, what: "the terminal to end" });
