/*
 * random.mjs - numbers that look random and come again: every run can be repeated by its seed.
 */

/* mulberry32 by Tommy Ettinger: 32 bits of state are enough to choose test cases. */
export function random(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (below) => Math.floor(next() * below);
  return {
    next,
    int,
    chance: (p) => next() < p,
    pick: (list) => list[int(list.length)],
    bytes: (n) => Uint8Array.from({ length: n }, () => int(256)),
  };
}

/* $VIVA_SEED, or one that the test prints, so that a failure can be had again. */
export const seed = process.env.VIVA_SEED ? Number(process.env.VIVA_SEED) : Date.now() % 2 ** 31;
