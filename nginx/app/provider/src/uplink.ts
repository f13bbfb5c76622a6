/*
 * uplink.ts - everything that goes up: edits and awareness by POST, and the sync that puts both sides level.
 *
 * One loop decides what is posted next. Edits that are made while a request is on its way gather and go with the
 * next one; on slow links up to three fly at once. An answer of 204 means that what was posted is durable.
 * Whatever goes wrong, the cure is the same: drop what was queued, wait if need be, and sync, since
 * comparing state vectors finds exactly what the server lacks.
 */
import { encodeAwarenessUpdate, type Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import { FRAME_OVERHEAD, readFrames, writeFrames, type Frame } from "./frames.js";
import { PostError, post, type Poster } from "./http.js";
import { lackingAt } from "./lacking.js";
import { Outbox } from "./outbox.js";
import { splitUpdate, updatesByClient } from "./split.js";
import { Backoff, Timer, now } from "./timing.js";
import type { Problem, Timing } from "./types.js";

/* The API takes 1 MiB; awareness and a request's framing need a little of it. */
const UPDATE_MOST = 960 * 1024;
/* What a browser sends for a page that goes away. */
const GOODBYE_MOST = 60 * 1024;
const FLYING_MOST = 3;
const CONFLICTS_MOST = 8;

export interface UplinkHost {
  readonly doc: Y.Doc;
  readonly awareness: Awareness | null;
  readonly readOnly: boolean;
  readonly timing: Timing;
  readonly poster: Poster;
  /* ".../docs/code" */
  readonly path: string;
  signIn(): Promise<boolean>;
  /* The document is level with the server; `news`: the answer held something new. */
  level(news: boolean): void;
  /* A request got through after some did not. */
  recovered(): void;
  /* Something that everybody in the room hears was posted at this time. */
  posted(since: number): void;
  changed(): void;
  refused(state: "denied" | "ended" | "error", reason: Problem): void;
}

export class Uplink {
  readonly outbox = new Outbox(UPDATE_MOST);
  readonly #backoff: Backoff;
  readonly #pause: Timer;
  readonly #quiet: Timer;
  #running = false;
  #stopped = new AbortController();
  #wake: () => void = () => {};
  /* Edits are posted as they are made: from a first sync until stop(). */
  #live = false;
  #needSync = false;
  /* A sync is asked and not answered: it will find what is made meanwhile. */
  #asking = false;
  #speak = false;
  #inFlight = 0;
  #roundTrip = 0;
  #refusals = 0;
  #conflicts = 0;
  #serverVector: Uint8Array | null = null;
  #signingIn: Promise<boolean> | null = null;
  failing = false;
  latencyMs: number | null = null;

  constructor(readonly host: UplinkHost) {
    this.#backoff = new Backoff(host.timing.retryFirst, host.timing.retryMost);
    this.#pause = new Timer(() => this.#wake());
    this.#quiet = new Timer(() => this.#wake());
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#stopped = new AbortController();
    void this.#run(this.#stopped.signal);
  }

  stop(): void {
    if (!this.#running) return;
    this.#running = this.#live = this.#needSync = false;
    this.#pause.stop();
    this.#quiet.stop();
    this.#stopped.abort();
    this.#wake();
  }

  edited(update: Uint8Array): void {
    this.outbox.add(update, now(), this.#posting);
    this.#wake();
  }

  /* Edits go up one by one; otherwise a sync takes them along. */
  get #posting(): boolean {
    return this.#live && !this.#needSync && !this.#asking;
  }

  /* Our own awareness changed. */
  speak(): void {
    this.#speak = true;
    this.#wake();
  }

  resync(): void {
    this.#needSync = true;
    this.#wake();
  }

  /* Does not wait out a pause: the network came back. */
  hurry(): void {
    this.#pause.stop();
    this.#backoff.reset();
    this.#wake();
  }

  /* What a page that goes away still has to say, or null; awareness says that it is gone. */
  goodbye(): Uint8Array<ArrayBuffer> | null {
    const frames = this.#ownAwareness(true);

    if (!this.#posting && this.#serverVector !== null && this.outbox.pending > 0) {
      frames.unshift({ kind: "step2", payload: Y.encodeStateAsUpdate(this.host.doc, this.#serverVector) });
    } else {
      frames.unshift(...this.outbox.rest().map((payload): Frame => ({ kind: "update", payload })));
    }
    const size = frames.reduce((sum, { payload }) => sum + payload.length + FRAME_OVERHEAD, 0);
    return frames.length === 0 || size > GOODBYE_MOST ? null : writeFrames(frames);
  }

  async #run(stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) {
      const woken = new Promise<void>((wake) => (this.#wake = wake));
      if (this.#pause.set) await woken;
      else if (this.#needSync) await (this.#inFlight === 0 ? this.#sync(stopped) : woken);
      else if (this.#live && this.#inFlight < this.#window() && this.#hasWork()) void this.#send(stopped);
      else await woken;
    }
  }

  #window(): number {
    return this.#roundTrip > this.host.timing.slow ? FLYING_MOST : 1;
  }

  #hasWork(): boolean {
    return this.outbox.waiting || (this.#speak && !this.#quiet.set);
  }

  async #post(what: "updates" | "sync", body: Uint8Array<ArrayBuffer>, stopped: AbortSignal): Promise<Uint8Array> {
    const { poster, path } = this.host;

    try {
      return await post(poster, `${path}/${what}`, body, stopped);
    } catch (error) {
      if ((error as PostError).verdict !== "unauthorized") throw error;
      this.#signingIn ??= this.host.signIn().finally(() => (this.#signingIn = null));
      if (!(await this.#signingIn)) throw error;
      this.host.recovered();
      return post(poster, `${path}/${what}`, body, stopped);
    }
  }

  /* Posts the next batch of edits and whatever awareness there is to tell. */
  async #send(stopped: AbortSignal): Promise<void> {
    const batch = this.outbox.waiting ? this.outbox.take() : null;
    const frames: Frame[] = (batch?.updates ?? []).map((payload) => ({ kind: "update", payload }));
    const started = now();

    if (this.#speak) {
      this.#speak = false;
      this.#quiet.start(this.#awarenessPause());
      frames.push(...this.#ownAwareness(false));
    }
    if (frames.length === 0) return;
    this.#inFlight++;
    try {
      await this.#post("updates", writeFrames(frames), stopped);
      if (batch !== null) this.#landed(batch, started);
      this.#succeeded();
      this.host.posted(started);
    } catch (error) {
      if (!stopped.aborted) this.#failed(error as PostError);
    } finally {
      this.#inFlight--;
      this.#wake();
      this.host.changed();
    }
  }

  #landed(batch: Parameters<Outbox["landed"]>[0], started: number): void {
    const arrived = now();

    this.outbox.landed(batch);
    this.latencyMs = arrived - batch.since;
    this.#measure(arrived - started);
    this.#refusals = 0;
    this.#conflicts = 0;
  }

  /* About the least of late: a long way is always long, a server with much to do is quick now and then. */
  #measure(roundTrip: number): void {
    this.#roundTrip = this.#roundTrip === 0 ? roundTrip : Math.min(roundTrip, 1.05 * this.#roundTrip);
  }

  #succeeded(): void {
    const recovered = this.failing;

    this.failing = false;
    this.#backoff.reset();
    if (recovered) this.host.recovered();
  }

  /* With many people in the room, each moves a cursor less often. */
  #awarenessPause(): number {
    const people = this.host.awareness?.getStates().size ?? 1;
    return this.host.timing.awareness + 4 * people;
  }

  #ownAwareness(leaving: boolean): Frame[] {
    const { awareness } = this.host;

    if (awareness === null || !awareness.meta.has(awareness.clientID)) return [];
    const states = leaving ? new Map<number, object>() : awareness.getStates();
    return [{ kind: "awareness", payload: encodeAwarenessUpdate(awareness, [awareness.clientID], states as never) }];
  }

  /* Asks for what we lack, and posts what the server lacks. */
  async #sync(stopped: AbortSignal): Promise<void> {
    const { host } = this;
    const { doc } = host;
    const before = Y.encodeStateVector(doc);

    /* Asked for again while it is on its way, it runs again: a socket may have opened after the answer was made. */
    this.#needSync = false;
    this.#asking = true;
    try {
      const answer = await this.#post("sync", writeFrames([{ kind: "step1", payload: before }]), stopped);
      if (stopped.aborted) return;
      const { update, vector } = this.#readAnswer(answer);
      Y.applyUpdate(doc, update, host);
      const lacking = host.readOnly ? null : lackingAt(doc, update, vector);
      this.#serverVector = vector;
      if (lacking !== null) this.outbox.found();
      const mark = this.outbox.drop();
      this.#asking = false;
      this.#live = true;
      host.changed();
      if (lacking !== null) await this.#postLacking(lacking, stopped);
      this.outbox.settled(mark);
      this.#succeeded();
      if (!this.#needSync) host.level(!sameBytes(before, Y.encodeStateVector(doc)));
    } catch (error) {
      if (!stopped.aborted) this.#failed(asPostError(error));
    } finally {
      this.#asking = false;
      host.changed();
    }
  }

  #readAnswer(answer: Uint8Array): { update: Uint8Array; vector: Uint8Array } {
    const { frames, broken } = readFrames(answer);
    const update = frames.find((frame) => frame.kind === "step2")?.payload;
    const vector = frames.find((frame) => frame.kind === "step1")?.payload;

    if (broken || update === undefined || vector === undefined) {
      throw new PostError({ type: "answer", title: "The answer to a sync is not step 2 and step 1", status: 502 });
    }
    return { update, vector };
  }

  async #postLacking(lacking: Uint8Array, stopped: AbortSignal): Promise<void> {
    try {
      await this.#postParts(lacking, stopped);
    } catch (error) {
      if ((error as PostError).verdict !== "denied") throw error;
      await this.#postOwnLacking(lacking, stopped);
    }
  }

  async #postParts(update: Uint8Array, stopped: AbortSignal): Promise<void> {
    for (const payload of splitUpdate(update, UPDATE_MOST)) {
      await this.#post("updates", writeFrames([{ kind: "step2", payload }]), stopped);
    }
  }

  /*
   * A server that lost the end of its log lacks others' edits too, and refuses them from us while they
   * are there to send them themselves. Ours must get through; of theirs, what is taken.
   */
  async #postOwnLacking(lacking: Uint8Array, stopped: AbortSignal): Promise<void> {
    const own = this.host.doc.clientID;
    const updates = updatesByClient(lacking, own);

    for (const update of updates.get(own) ?? []) await this.#postParts(update, stopped);
    updates.delete(own);
    for (const update of [...updates.values()].flat()) {
      await this.#postParts(update, stopped).catch((error: PostError) => {
        if (error.verdict !== "denied") throw error;
      });
    }
  }

  #failed(error: PostError): void {
    const { problem, verdict } = error;

    this.#needSync = true;
    if (verdict === "retry") {
      this.#speak = true;
      return this.#wait(error.retryAfter);
    }
    if (verdict === "conflict" && ++this.#conflicts <= CONFLICTS_MOST) return this.#wait(0);
    if (verdict === "refused" && ++this.#refusals <= 1) return;
    const state = verdict === "ended" ? "ended" : verdict === "refused" || verdict === "conflict" ? "error" : "denied";
    this.host.refused(state, problem);
  }

  #wait(atLeast: number): void {
    this.failing = true;
    this.#pause.start(this.#backoff.next(atLeast));
  }
}

/* yjs throws on an update that it cannot read: ask again later. */
function asPostError(error: unknown): PostError {
  if (error instanceof PostError) return error;
  return new PostError({ type: "answer", title: "The answer to a sync cannot be read", status: 502, detail: String(error) });
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
