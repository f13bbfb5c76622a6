/*
 * witness.ts - finds out whether the document here and the server's have diverged.
 *
 * That is never in order: both hold the same edits and deletes and yet say something else (fingerprint.ts). Asked is
 * some seconds after anything has happened, at most once in `witness` ms, and never while nothing does. An answer
 * counts where the server stood where we stand, or stood as we asked; while people type it may take a few tries.
 */
import { fingerprint, type Fingerprint } from "./fingerprint.js";
import { getJson } from "./http.js";
import { Timer } from "./timing.js";
import type { UplinkHost } from "./uplink.js";

/* Answers that did not count before a sync looks for what is lacking here or there; before the next thing has to happen. */
const TRIES = 3;
const TRIES_MOST = 9;

interface Told extends Fingerprint {
  vector: string;
}

export interface WitnessHost extends UplinkHost {
  readonly document: string;
  /* Nothing of ours is on its way, and nothing is known to be missing. */
  readonly quiet: boolean;
  resync(): void;
  diverged(serverVector: Uint8Array): void;
}

export class Witness {
  readonly #timer: Timer;
  #stopped = new AbortController();
  #misses = 0;

  constructor(readonly host: WitnessHost) {
    this.#timer = new Timer(() => void this.#ask());
  }

  /* Something happened in the document or in the room. */
  happened(): void {
    if (!this.#timer.set) this.#plan();
  }

  stop(): void {
    this.#timer.stop();
    this.#stopped.abort();
    this.#stopped = new AbortController();
    this.#misses = 0;
  }

  #plan(): void {
    this.#timer.start(this.host.timing.witness * (0.5 + Math.random() / 2));
  }

  async #ask(): Promise<void> {
    const { host } = this;
    const { signal } = this.#stopped;

    if (!host.quiet) return this.#plan();
    const asked = fingerprint(host.doc, host.document);
    let told: Told;
    try {
      told = await getJson<Told>(host.poster, `${host.path}/state`, signal);
    } catch {
      if (!signal.aborted) this.#again();
      return;
    }
    if (!signal.aborted) this.#compare(told, [fingerprint(host.doc, host.document), asked]);
  }

  #again(): void {
    if (++this.#misses < TRIES_MOST) this.#plan();
    else this.#misses = 0;
  }

  #compare(told: Told, ours: Fingerprint[]): void {
    const same = ours.find(({ snapshot }) => snapshot === told.snapshot);

    if (same === undefined) {
      this.#again();
      if (this.#misses === TRIES) this.host.resync();
    } else if (same.hash === told.hash) this.#misses = 0;
    else this.host.diverged(Uint8Array.from(atob(told.vector), (char) => char.charCodeAt(0)));
  }
}
