/*
 * frames.mjs - y-protocols messages, written and read one by one.
 *
 * The provider is the app's own; tests that must send what no provider would send build their bodies here.
 *
 *   const doc = new Y.Doc();
 *   await ann.post(`${room.path}/docs/code/updates`, frames.update(edit(doc, "hello")));
 *   const { update } = frames.read((await ann.post(`${room.path}/docs/code/sync`, frames.step1())).body);
 */
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import * as Y from "yjs";

const SYNC = 0;
const AWARENESS = 1;
const STEP1 = 0;
const STEP2 = 1;
const UPDATE = 2;

function message(...parts) {
  const encoder = encoding.createEncoder();
  for (const part of parts) {
    if (typeof part === "number") encoding.writeVarUint(encoder, part);
    else encoding.writeVarUint8Array(encoder, part);
  }
  return encoding.toUint8Array(encoder);
}

export const concat = (...bodies) => new Uint8Array(Buffer.concat(bodies));

export const update = (bytes) => message(SYNC, UPDATE, bytes);
export const step2 = (bytes) => message(SYNC, STEP2, bytes);

/* Asks for everything, or for what a document with this state vector lacks. */
export const step1 = (vector = Uint8Array.of(0)) => message(SYNC, STEP1, vector);

/* states: {clientId: {clock, state}}; a state of null says that the client has gone. */
export function awareness(states) {
  const encoder = encoding.createEncoder();
  const entries = Object.entries(states);
  encoding.writeVarUint(encoder, entries.length);
  for (const [client, { clock = 1, state }] of entries) {
    encoding.writeVarUint(encoder, Number(client));
    encoding.writeVarUint(encoder, clock);
    encoding.writeVarString(encoder, typeof state === "string" ? state : JSON.stringify(state));
  }
  return message(AWARENESS, encoding.toUint8Array(encoder));
}

/* Every message of a body or of a binary frame: [{type, step, bytes}]. */
export function read(bytes) {
  const decoder = decoding.createDecoder(bytes);
  const messages = [];

  while (decoding.hasContent(decoder)) {
    const type = decoding.readVarUint(decoder);
    if (type === SYNC) {
      const step = ["step1", "step2", "update"][decoding.readVarUint(decoder)];
      messages.push({ type: "sync", step, bytes: decoding.readVarUint8Array(decoder) });
    } else if (type === AWARENESS) {
      messages.push({ type: "awareness", bytes: decoding.readVarUint8Array(decoder) });
    } else throw new Error(`a message of type ${type}`);
  }
  return messages;
}

/* The awareness states inside an awareness message's bytes: [{client, clock, state}]. */
export function readAwareness(bytes) {
  const decoder = decoding.createDecoder(bytes);
  return Array.from({ length: decoding.readVarUint(decoder) }, () => ({
    client: decoding.readVarUint(decoder),
    clock: decoding.readVarUint(decoder),
    state: JSON.parse(decoding.readVarString(decoder)),
  }));
}

/* The one update that `change(doc)` makes. */
export function edit(doc, change) {
  const before = Y.encodeStateVector(doc);
  doc.transact(() => change(doc));
  return Y.encodeStateAsUpdate(doc, before);
}

/* Types into a file as the editor does: the root text `file:<path>`, listed in the root map `files`. */
export function type(doc, text, { path = "main.py", at } = {}) {
  return edit(doc, () => {
    const file = doc.getText(`file:${path}`);
    file.insert(at ?? file.length, text);
  });
}

/* What the server holds of a document, asked for by `person`: {update, vector, doc}. */
export async function state(person, room, document = "code") {
  const res = await person.post(`${room.path}/docs/${document}/sync`, step1());
  if (res.status !== 200) throw new Error(`sync: ${res.status} ${res.raw}`);
  const messages = read(res.body);
  const doc = new Y.Doc();
  const full = messages.find((m) => m.step === "step2").bytes;
  Y.applyUpdate(doc, full);
  return { update: full, vector: messages.find((m) => m.step === "step1").bytes, doc };
}
