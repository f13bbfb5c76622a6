/*
 * frames.ts - y-protocols messages, as bodies of requests and as messages of the socket.
 *
 * Both are the same: messages one after another, each a kind and a length-prefixed payload. Reading is
 * total: a message that cannot be read ends the list and is told by `broken`, since what follows it has
 * no known beginning.
 */
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";

export type FrameKind = "step1" | "step2" | "update" | "awareness" | "query";

export interface Frame {
  kind: FrameKind;
  payload: Uint8Array;
}

const SYNC = 0;
const AWARENESS = 1;
const AUTH = 2;
const QUERY = 3;
const SYNC_KINDS = ["step1", "step2", "update"] as const;

/* A frame's own bytes beside its payload: kind, step, and a length of at most five bytes. */
export const FRAME_OVERHEAD = 7;

export function writeFrames(frames: Frame[]): Uint8Array<ArrayBuffer> {
  const to = encoding.createEncoder();

  for (const { kind, payload } of frames) {
    const step = SYNC_KINDS.indexOf(kind as (typeof SYNC_KINDS)[number]);
    if (step >= 0) {
      encoding.writeVarUint(to, SYNC);
      encoding.writeVarUint(to, step);
    } else encoding.writeVarUint(to, AWARENESS);
    encoding.writeVarUint8Array(to, payload);
  }
  return encoding.toUint8Array(to) as Uint8Array<ArrayBuffer>;
}

const NOTHING = new Uint8Array(0);

function readFrame(from: decoding.Decoder): Frame | null {
  switch (decoding.readVarUint(from)) {
    case SYNC: {
      const kind = SYNC_KINDS[decoding.readVarUint(from)];
      const payload = decoding.readVarUint8Array(from);
      return kind === undefined ? null : { kind, payload };
    }
    case AWARENESS:
      return { kind: "awareness", payload: decoding.readVarUint8Array(from) };
    case AUTH:
      decoding.readVarUint(from);
      decoding.readVarString(from);
      return null;
    case QUERY:
      return { kind: "query", payload: NOTHING };
    default:
      throw new Error("a message of a kind that y-protocols does not have");
  }
}

export function readFrames(bytes: Uint8Array): { frames: Frame[]; broken: boolean } {
  const from = decoding.createDecoder(bytes);
  const frames: Frame[] = [];

  try {
    while (decoding.hasContent(from)) {
      const frame = readFrame(from);
      if (frame !== null) frames.push(frame);
    }
  } catch {
    return { frames, broken: true };
  }
  return { frames, broken: false };
}
