/*
 * lacking.ts - what a server that has answered a sync lacks of a document.
 *
 * State vectors tell of inserts only: a delete that was made offline moves no clock. So the deletes are
 * compared as well; the server's answer carries every delete it knows. Nothing is sent where nothing
 * is lacking, for whatever is sent would lie in the log for ever.
 */
import * as Y from "yjs";

type Deletes = ReturnType<typeof Y.createDeleteSet>;
type Range = { clock: number; len: number };

/* Whether every range of `ours` lies within `theirs`; both sorted and without overlap. */
function within(ours: Range[], theirs: Range[]): boolean {
  let at = 0;

  return ours.every(({ clock, len }) => {
    while (at < theirs.length && theirs[at]!.clock + theirs[at]!.len <= clock) at++;
    for (let from = clock, k = at; from < clock + len; k++) {
      const range = theirs[k];
      if (range === undefined || range.clock > from) return false;
      from = range.clock + range.len;
    }
    return true;
  });
}

function deletesWithin(ours: Deletes, theirs: Deletes): boolean {
  for (const [client, ranges] of ours.clients) {
    if (ranges.length > 0 && !within(ranges, theirs.clients.get(client) ?? [])) return false;
  }
  return true;
}

function vectorWithin(ours: Map<number, number>, theirs: Map<number, number>): boolean {
  for (const [client, clock] of ours) if (clock > (theirs.get(client) ?? 0)) return false;
  return true;
}

/*
 * The update that brings the server up to date, or null where it has everything. `answer` is the update it
 * answered (already applied to `doc`), `vector` its state vector.
 */
export function lackingAt(doc: Y.Doc, answer: Uint8Array, vector: Uint8Array): Uint8Array | null {
  const ours = Y.decodeStateVector(Y.encodeStateVector(doc));
  const inserted = vectorWithin(ours, Y.decodeStateVector(vector));
  const deletes = Y.mergeDeleteSets([Y.decodeUpdate(answer).ds]);

  if (inserted && deletesWithin(Y.createDeleteSetFromStructStore(doc.store), deletes)) return null;
  return Y.encodeStateAsUpdate(doc, vector);
}
