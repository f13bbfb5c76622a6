/*
 * split.ts - cuts an update that is too large for one request into several that are not.
 *
 * The parts are in an order in which each can be understood after those before it: a struct goes out when
 * the structs that it refers to have gone out or were there already. Deletes go last, for they refer
 * to what was inserted. A long string (a paste) is cut where it must be, never inside a surrogate pair.
 */
import * as encoding from "lib0/encoding";
import * as Y from "yjs";

type Struct = Y.Item | Y.GC | Y.Skip;
type Deletes = ReturnType<typeof Y.createDeleteSet>;

/* What a part holds of one client: consecutive structs, as an update has them. */
interface Run {
  client: number;
  start: number;
  end: number;
  count: number;
  to: encoding.Encoder;
}

/* The structs of one client, in order, and how far they were written. */
interface Lane {
  client: number;
  structs: Struct[];
  at: number;
  offset: number;
}

const RUN_HEAD = 24; /* a run's count, client and clock take at most this */

class Part {
  runs = new Map<number, Run>();
  size = 0;

  /* Whether [clock, ...) of a client still fits in here. */
  takes(client: number, clock: number, size: number, limit: number): boolean {
    const run = this.runs.get(client);
    return (run === undefined || run.end === clock) && this.size + size + RUN_HEAD <= limit;
  }

  add(client: number, start: number, end: number, bytes: Uint8Array): void {
    let run = this.runs.get(client);
    if (run === undefined) {
      run = { client, start, end, count: 0, to: encoding.createEncoder() };
      this.runs.set(client, run);
      this.size += RUN_HEAD;
    }
    encoding.writeUint8Array(run.to, bytes);
    run.count++;
    run.end = end;
    this.size += bytes.length;
  }

  encode(deletes: Deletes | null): Uint8Array {
    const to = encoding.createEncoder();
    encoding.writeVarUint(to, this.runs.size);
    for (const run of [...this.runs.values()].sort((a, b) => b.client - a.client)) {
      encoding.writeVarUint(to, run.count);
      encoding.writeVarUint(to, run.client);
      encoding.writeVarUint(to, run.start);
      encoding.writeBinaryEncoder(to, run.to);
    }
    writeDeletes(to, deletes);
    return encoding.toUint8Array(to);
  }
}

function writeDeletes(to: encoding.Encoder, deletes: Deletes | null): void {
  const clients = deletes === null ? [] : [...deletes.clients].sort((a, b) => b[0] - a[0]);

  encoding.writeVarUint(to, clients.length);
  for (const [client, ranges] of clients) {
    encoding.writeVarUint(to, client);
    encoding.writeVarUint(to, ranges.length);
    for (const { clock, len } of ranges) {
      encoding.writeVarUint(to, clock);
      encoding.writeVarUint(to, len);
    }
  }
}

/* The struct from `offset` to `end` (counted from its own start), as an update has it. */
function encodeStruct(struct: Struct, offset: number, end: number): Uint8Array {
  const to = new Y.UpdateEncoderV1();
  let cut: Struct = struct;

  if (end < struct.length) {
    const { id, origin, rightOrigin, parent, parentSub, content } = struct as Y.Item;
    const head = new Y.ContentString((content as Y.ContentString).str.slice(0, end));
    cut = new Y.Item(id, null, origin, null, rightOrigin, parent, parentSub, head);
  }
  cut.write(to, offset);
  return encoding.toUint8Array(to.restEncoder);
}

/* Where to cut a string so that `space` bytes hold it: UTF-8 takes at most three for a code unit. */
function cutAt(text: string, offset: number, space: number): number {
  const end = Math.min(offset + Math.max(1024, Math.floor(space / 3)), text.length);
  const unit = text.charCodeAt(end - 1);
  return end < text.length && unit >= 0xd800 && unit < 0xdc00 ? end - 1 : end;
}

function lanesOf(structs: Struct[]): Map<number, Lane> {
  const lanes = new Map<number, Lane>();

  for (const struct of structs) {
    const { client } = struct.id;
    const lane = lanes.get(client) ?? { client, structs: [], at: 0, offset: 0 };
    lanes.set(client, lane);
    lane.structs.push(struct);
  }
  return lanes;
}

/* Whether a struct of another client that this one refers to has not been written yet. */
function waits(struct: Struct, lanes: Map<number, Lane>): boolean {
  if (!(struct instanceof Y.Item)) return false;
  const parent: unknown = struct.parent;

  return [struct.origin, struct.rightOrigin, parent instanceof Y.ID ? parent : null].some((id) => {
    if (id === null || id.client === struct.id.client) return false;
    const lane = lanes.get(id.client);
    const next = lane?.structs[lane.at];
    return lane !== undefined && next !== undefined && id.clock >= next.id.clock + lane.offset;
  });
}

function writeStruct(struct: Struct, lane: Lane, limit: number, parts: Part[]): void {
  const text = struct instanceof Y.Item && struct.content instanceof Y.ContentString ? struct.content.str : null;

  while (lane.offset < struct.length) {
    const start = struct.id.clock + lane.offset;
    const end = text === null ? struct.length : cutAt(text, lane.offset, limit / 2);
    const bytes = encodeStruct(struct, lane.offset, end);
    let part = parts[parts.length - 1];
    if (part === undefined || !part.takes(lane.client, start, bytes.length, limit)) parts.push((part = new Part()));
    part.add(lane.client, start, struct.id.clock + end, bytes);
    lane.offset = end;
  }
}

/* Writes what may be written of one client; whether that was anything. */
function drain(lane: Lane, lanes: Map<number, Lane>, limit: number, parts: Part[]): boolean {
  const before = lane.at;

  for (let struct = lane.structs[lane.at]; struct && !waits(struct, lanes); struct = lane.structs[lane.at]) {
    if (!(struct instanceof Y.Skip)) writeStruct(struct, lane, limit, parts);
    lane.at++;
    lane.offset = 0;
  }
  return lane.at > before;
}

/* Several updates that together are `update`, each of at most about `limit` bytes where that is possible. */
export function splitUpdate(update: Uint8Array, limit: number): Uint8Array[] {
  if (update.length <= limit) return [update];
  const { structs, ds } = Y.decodeUpdate(update);
  const lanes = lanesOf(structs as Struct[]);
  const parts: Part[] = [];

  for (let moved = true; moved; ) {
    moved = false;
    for (const lane of lanes.values()) moved = drain(lane, lanes, limit, parts) || moved;
  }
  const stuck = [...lanes.values()].some((lane) => lane.at < lane.structs.length);
  if (stuck || parts.length === 0) return [update];
  return parts.map((part, i) => part.encode(i === parts.length - 1 ? ds : null));
}

/* The same update, one for each client that wrote in it; all deletes go with `deleter`'s. */
export function updatesByClient(update: Uint8Array, deleter: number): Map<number, Uint8Array[]> {
  const { structs, ds } = Y.decodeUpdate(update);
  const lanes = lanesOf(structs as Struct[]);
  const updates = new Map<number, Uint8Array[]>();

  if (ds.clients.size > 0 && !lanes.has(deleter)) updates.set(deleter, [new Part().encode(ds)]);
  for (const lane of lanes.values()) {
    const parts: Part[] = [];
    for (; lane.at < lane.structs.length; lane.at++, lane.offset = 0) {
      const struct = lane.structs[lane.at]!;
      if (!(struct instanceof Y.Skip)) writeStruct(struct, lane, Infinity, parts);
    }
    const own = lane.client === deleter ? ds : null;
    updates.set(lane.client, parts.map((part, i) => part.encode(i === parts.length - 1 ? own : null)));
  }
  return updates;
}
