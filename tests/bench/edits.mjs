/*
 * edits.mjs - the edits of the load, as Yjs writes them, and reading them off the wire.
 *
 * Each person types one letter after another behind their own last one: the update that y-codemirror sends for
 * a keystroke. An edit is known by (client, clock) wherever it turns up, whatever a server merged it with.
 */
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";

const ROOT = "file:main.py";
const STRING = 4;
const HAS_ORIGIN = 0x80;
const HAS_RIGHT_ORIGIN = 0x40;

/* The update that types one letter at `clock`. */
export function keystroke(client, clock) {
  const to = encoding.createEncoder();

  for (const number of [1, 1, client, clock]) encoding.writeVarUint(to, number);
  if (clock === 0) {
    encoding.writeUint8(to, STRING);
    encoding.writeVarUint(to, 1);
    encoding.writeVarString(to, ROOT);
  } else {
    encoding.writeUint8(to, STRING | HAS_ORIGIN);
    encoding.writeVarUint(to, client);
    encoding.writeVarUint(to, clock - 1);
  }
  encoding.writeVarString(to, "x");
  encoding.writeVarUint(to, 0);
  return encoding.toUint8Array(to);
}

function skipId(from) {
  decoding.readVarUint(from);
  decoding.readVarUint(from);
}

/* How many letters a struct holds; only structs of keystroke() are expected. */
function structLength(from) {
  const info = decoding.readUint8(from);

  if ((info & 0x1f) !== STRING) throw new Error(`a struct of kind ${info & 0x1f}, where only letters were typed`);
  if (info & HAS_ORIGIN) skipId(from);
  if (info & HAS_RIGHT_ORIGIN) skipId(from);
  if ((info & (HAS_ORIGIN | HAS_RIGHT_ORIGIN)) === 0) {
    if (decoding.readVarUint(from) === 1) decoding.readVarString(from);
    else skipId(from);
  }
  return decoding.readVarString(from).length;
}

/* Calls seen(client, clock) for every letter in an update. */
export function readLetters(update, seen) {
  const from = decoding.createDecoder(update);

  for (let clients = decoding.readVarUint(from); clients > 0; clients--) {
    let structs = decoding.readVarUint(from);
    const client = decoding.readVarUint(from);
    let clock = decoding.readVarUint(from);
    for (; structs > 0; structs--) {
      for (let n = structLength(from); n > 0; n--) seen(client, clock++);
    }
  }
}

/* y-protocols messages of a body or frame: take(type, step, payload); step is -1 but for sync. */
export function readMessages(from, take) {
  while (decoding.hasContent(from)) {
    const type = decoding.readVarUint(from);
    const step = type === 0 ? decoding.readVarUint(from) : -1;
    take(type, step, decoding.readVarUint8Array(from));
  }
}

export const STEP1 = 0;
export const STEP2 = 1;
export const UPDATE = 2;

export function syncMessage(step, payload, prefix = "") {
  const to = encoding.createEncoder();

  if (prefix !== "") encoding.writeVarString(to, prefix);
  encoding.writeVarUint(to, 0);
  encoding.writeVarUint(to, step);
  encoding.writeVarUint8Array(to, payload);
  return encoding.toUint8Array(to);
}

/* A state vector that has nothing. */
export const NOTHING = new Uint8Array([0]);
