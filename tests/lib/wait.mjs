/*
 * wait.mjs - waiting for a condition instead of sleeping for a guess.
 */

/* What works takes milliseconds; a machine that has two cores and six other things to do takes its time. */
const PATIENCE = 30_000;

/*
 * Calls `condition` until it returns something truthy (and returns that), or fails after `within`
 * milliseconds, saying what the condition was and the last error it threw.
 */
export async function waitFor(condition, { within = PATIENCE, every = 20, what } = {}) {
  const end = performance.now() + within;
  let last;

  for (;;) {
    try {
      const value = await condition();
      if (value) return value;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (performance.now() >= end) break;
    await new Promise((wake) => setTimeout(wake, every));
  }
  throw new Error(`waited ${within} ms for: ${what ?? condition}`, { cause: last });
}

/* The promise's value, or an error after `within` ms: for what would otherwise hang a test. */
export async function within(ms, promise, what) {
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`not within ${ms} ms: ${what}`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
