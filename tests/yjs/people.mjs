/*
 * people.mjs - random people for loads: what they type is decided by a seed, when they type by the clock.
 */

/* A small generator of random numbers (mulberry32): a failing test can be run again with its seed. */
export function random(seed) {
  let state = seed >>> 0;

  return function below(n) {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
  };
}

const WORDS = ["def ", "return ", "x", " = ", "[0]", "\n", "\t", "naïve", "日本", "😀", "if ", "()", "# ", "print"];

/* One random edit: mostly typing, some deleting, a paste, a file made, renamed or removed. */
export function randomEdit(editor, below) {
  const path = ["main.py", "util.py", "deep/er.py"][below(3)];
  const text = editor.text(path);
  const at = below(text.length + 1);

  switch (below(12)) {
    case 0:
    case 1:
    case 2:
      return text.delete(at, Math.min(below(6), text.length - at));
    case 3:
      return text.insert(at, WORDS.join("").repeat(1 + below(4)));
    case 4:
      return void editor.files.set(path, below(1000));
    case 5:
      return editor.files.delete(path);
    default:
      return text.insert(at, WORDS[below(WORDS.length)]);
  }
}

/* Edits at random for `ms`, `gap` ms apart on average; returns how many edits were made. */
export async function typeFor(editor, ms, { seed, gap = 100 }) {
  const below = random(seed);
  const end = performance.now() + ms;
  let edits = 0;

  while (performance.now() < end) {
    editor.doc.transact(() => randomEdit(editor, below));
    edits++;
    await new Promise((wake) => setTimeout(wake, below(2 * gap)));
  }
  return edits;
}
