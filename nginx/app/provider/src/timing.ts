/*
 * timing.ts - pauses with jitter, and a timer that can be set again.
 */

/* Doubling pauses; half of each is chance, so that a restarted server is not met by everybody at once. */
export class Backoff {
  #tries = 0;

  constructor(
    readonly first: number,
    readonly most: number,
  ) {}

  next(atLeast = 0): number {
    const whole = Math.min(this.first * 2 ** Math.min(this.#tries++, 16), this.most);
    const pause = whole / 2 + (Math.random() * whole) / 2;
    return atLeast > 0 ? atLeast * (1 + Math.random() / 2) : pause;
  }

  reset(): void {
    this.#tries = 0;
  }
}

export class Timer {
  #handle: ReturnType<typeof setTimeout> | null = null;

  constructor(readonly then: () => void) {}

  get set(): boolean {
    return this.#handle !== null;
  }

  start(ms: number): void {
    this.stop();
    this.#handle = setTimeout(() => {
      this.#handle = null;
      this.then();
    }, ms);
  }

  stop(): void {
    if (this.#handle !== null) clearTimeout(this.#handle);
    this.#handle = null;
  }
}

export const now = (): number => performance.now();
