// out.mjs - writes a generated file, and only where its content changed: make looks at times.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export function write(path, text) {
  let before = null;
  try {
    before = readFileSync(path, 'utf8');
  } catch (e) {
    if (e.code !== 'ENOENT') throw e;
  }
  if (before === text) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** A C string literal; long text is cut into one literal a line. */
export function cString(text) {
  const escaped = (s) => `"${s.replace(/["\\]/g, '\\$&').replace(/\t/g, '\\t').replace(/\?\?/g, '?\\?')}"`;
  const lines = text.split('\n');
  return lines.map((l, i) => escaped(l).replace(/"$/, i < lines.length - 1 ? '\\n"' : '"')).filter((l) => l !== '""').join('\n\t') || '""';
}
