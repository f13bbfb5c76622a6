/*
 * witness.ts - finds out whether the document here and the server's have diverged.
 *
 * That is never in order: both hold the same edits and deletes and yet say something else (fingerprint.ts). Asked is
 * some seconds after anything has happened, at most once in `witness` ms, and never while nothing does. An answer
 * counts where the server stood where we stood at any time while it was asked. Where that cannot be told, since people
 * type, it is asked again soon, so that with the default timing what has diverged is found within ten seconds.
 */
import { fingerprint, type Fingerprint } from "./fingerprint.js";
import { getJson } from "./http.js";
import { Timer } from "./timing.js";
import type { UplinkHost } from "./uplink.js";

/* Answers that did not count before a sync looks for what is lacking here or there; before the next thing has to happen. */
const TRIES = 3;
const TRIES_MOST = 9;
/* So much sooner than usual an answer is asked for that the last one did not give. */
const HURRY = 4;
/* States that are remembered while the server is being asked. */
const STOOD_MOST = 16;

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
  /* How we stood since we asked; null while nothing is asked. */
  #stood: Fingerprint[] | null = null;

  constructor(readonly host: WitnessHost) {
    this.#timer = new Timer(() => void this.#ask());
  }

  /* Something happened in the document or in the room. */
  happened(): void {
    if (!this.#timer.set) this.#plan();
  }

  /* So did the document itself. */
  changed(): void {
    if (this.#stood !== null && this.#stood.length < STOOD_MOST) this.#stood.push(this.#stand());
    this.happened();
  }

  stop(): void {
    this.#timer.stop();
    this.#stopped.abort();
    this.#stopped = new AbortController();
    this.#misses = 0;
  }

  #stand(): Fingerprint {
    return fingerprint(this.host.doc, this.host.document);
  }

  #plan(sooner = 1): void {
    this.#timer.start((this.host.timing.witness / sooner) * (0.5 + Math.random() / 2));
  }

  async #ask(): Promise<void> {
    const { host } = this;
    const { signal } = this.#stopped;

    if (this.#stood !== null || !host.quiet) return this.#plan(HURRY);
    const stood = (this.#stood = [this.#stand()]);
    let told: Told;
    try {
      told = await getJson<Told>(host.poster, `${host.path}/state`, signal);
    } catch {
      if (!signal.aborted) this.#again();
      return;
    } finally {
      this.#stood = null;
    }
    if (!signal.aborted) this.#compare(told, stood);
  }

  #again(): void {
    if (++this.#misses < TRIES_MOST) this.#plan(this.#misses < TRIES ? HURRY : 1);
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
