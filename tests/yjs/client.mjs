/*
 * client.mjs - people who edit with the app's own provider, in Node.
 *
 *   const ann = await edit(person, room);          // a Provider, level with the server
 *   ann.text().insert(0, "hello");
 *   await ann.whenSaved();
 *   await level([ann, bob]);                       // both have everything of each other
 *
 * Who is still there when a file's tests are over leaves. yjs is imported from the provider: two copies in one process
 * break it.
 */
import assert from "node:assert/strict";
import { after } from "node:test";
import WebSocket from "ws";
import { Awareness, Provider, Y } from "../../nginx/app/provider/dist/index.js";
import { base } from "../lib/http.mjs";
import { waitFor, within as inTime } from "../lib/wait.mjs";

export { Awareness, Provider, Y };

const here = new Set();
after(() => here.forEach((editor) => editor.leave()));

export class Editor extends Provider {
  #sockets;

  constructor(person, room, options = {}) {
    const sockets = new Set();
    super({
      url: base,
      room: room.id,
      doc: options.doc ?? new Y.Doc(),
      headers: async () => {
        await person.fresh();
        return { authorization: `Bearer ${person.token}` };
      },
      socket: (url, headers) => {
        const ws = new WebSocket(url, { headers, localAddress: person.address, perMessageDeflate: false });
        sockets.add(ws);
        ws.on("close", () => sockets.delete(ws));
        return ws;
      },
      ...options,
    });
    this.#sockets = sockets;
    here.add(this);
  }

  text(path = "main.py") {
    return this.doc.getText(`file:${path}`);
  }

  get files() {
    return this.doc.getMap("files");
  }

  /* What the document says, to be compared with another's. An empty text is there for whoever has looked at it, and for nobody else. */
  get content() {
    const names = [...this.doc.share.keys()].filter((name) => name.startsWith("file:")).sort();
    const texts = names.map((name) => [name, this.doc.getText(name).toString()]).filter(([, text]) => text !== "");
    return { files: this.files.toJSON(), texts };
  }

  /* Cuts its sockets without a word, as a network does. */
  cut() {
    for (const ws of this.#sockets) ws.terminate();
  }

  leave() {
    here.delete(this);
    this.doc.destroy();
  }
}

/* An editor that has what the server has. */
export async function edit(person, room, options) {
  const editor = new Editor(person, room, options);
  await inTime(60_000, editor.whenSynced(), `${person.name} to have the document`);
  return editor;
}

/* All that a document knows: a state vector alone tells of what was inserted, not of what was deleted. */
const knows = (editor) => Buffer.from(Y.encodeSnapshot(Y.snapshot(editor.doc))).toString("base64");

/* Waits until all of them have saved and have the same document, and compares every character. */
export async function level(editors, { within = 30000 } = {}) {
  const saved = Promise.all(editors.map((editor) => (editor.readOnly ? null : editor.whenSaved())));
  await inTime(within, saved, `${editors.length} editors to have saved`);
  const same = () => new Set(editors.map(knows)).size === 1;
  await waitFor(same, { within, every: 50, what: `${editors.length} documents that know the same` });
  const [first, ...rest] = editors;
  const { content } = first;
  for (const editor of rest) assert.deepEqual(editor.content, content);
  return content;
}
