/*
 * outbox.ts - edits made here that the server may not have yet.
 *
 * Edits are counted as they are made; `saved` of them are known to be durable. Between the two lie batches that
 * fly (posted, not answered) and the queue behind them. What the outbox holds is only the quick way: when an
 * answer is lost, everything in it is dropped and a resync finds by state vectors what the server lacks.
 */
import * as Y from "yjs";
import { splitUpdate } from "./split.js";

/* One batch is at most this many edits and bytes: merging costs more than it saves on many. */
const MERGE_MOST = 128;
const MERGE_BYTES = 64 * 1024;

export interface Batch {
  updates: Uint8Array[];
  /* Edits made when its last one was made. */
  upTo: number;
  /* When its oldest edit was made. */
  since: number;
  done: boolean;
}

interface Edit {
  update: Uint8Array;
  upTo: number;
  at: number;
}

export class Outbox {
  #made = 0;
  #saved = 0;
  #queue: Edit[] = [];
  #flying: Batch[] = [];

  constructor(readonly limit: number) {}

  get pending(): number {
    return this.#made - this.#saved;
  }

  get waiting(): boolean {
    return this.#queue.length > 0;
  }

  get flying(): number {
    return this.#flying.length;
  }

  /* An edit was made; it is only counted when a resync will find it anyway. */
  add(update: Uint8Array, at: number, keep: boolean): void {
    this.#made++;
    if (!keep) return;
    const parts = splitUpdate(update, this.limit);
    parts.forEach((part, i) => {
      this.#queue.push({ update: part, upTo: i === parts.length - 1 ? this.#made : this.#made - 1, at });
    });
  }

  /* The next batch to post: several small edits as one update, or one large one. */
  take(): Batch {
    const first = this.#queue[0]!;
    let count = 0;
    let bytes = 0;

    while (count < this.#queue.length && count < MERGE_MOST) {
      bytes += this.#queue[count]!.update.length;
      if (count > 0 && bytes > MERGE_BYTES) break;
      count++;
    }
    const taken = this.#queue.splice(0, count);
    const updates = taken.map((edit) => edit.update);
    const batch: Batch = {
      updates: count > 1 ? [Y.mergeUpdates(updates)] : updates,
      upTo: taken[taken.length - 1]!.upTo,
      since: first.at,
      done: false,
    };
    this.#flying.push(batch);
    return batch;
  }

  /* A batch is durable. Edits count as saved in the order in which they were made. */
  landed(batch: Batch): void {
    batch.done = true;
    while (this.#flying[0]?.done) this.#saved = Math.max(this.#saved, this.#flying.shift()!.upTo);
  }

  /* Forgets what it holds, since a resync looks for it; returns the mark for settled(). */
  drop(): number {
    this.#queue = [];
    this.#flying = [];
    return this.#made;
  }

  /* Everything up to the mark is durable. */
  settled(mark: number): void {
    this.#saved = Math.max(this.#saved, mark);
  }

  /* Edits from before this page was loaded turned up: they count as one. */
  found(): number {
    if (this.pending === 0) this.#made++;
    return this.#made;
  }

  /* All that is not known to be durable, for a page that goes away. */
  rest(): Uint8Array[] {
    return [...this.#flying.flatMap((batch) => batch.updates), ...this.#queue.map((edit) => edit.update)];
  }
}
