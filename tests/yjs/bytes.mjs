/*
 * bytes.mjs - updates written by hand, for what no editor would write.
 */
export function uint(n) {
  const out = [];
  for (let v = BigInt(n); ; v >>= 7n) {
    if (v < 128n) return [...out, Number(v)];
    out.push(Number(v & 127n) | 128);
  }
}

export const text = (s) => [...uint(Buffer.byteLength(s)), ...Buffer.from(s)];
export const section = (client, clock, ...structs) => [...uint(structs.length), ...uint(client), ...uint(clock), ...structs.flat()];
export const update = (sections, deletes = [0]) => Uint8Array.from([...uint(sections.length), ...sections.flat(), ...deletes]);

/* Structs: content in a root type, text in the root "t", text behind an item. */
export const inRoot = (info, content, root = "t") => [info, 1, ...text(root), ...content];
export const string = (s) => inRoot(4, text(s));
export const behind = (client, clock, s) => [0x84, ...uint(client), ...uint(clock), ...text(s)];

export const repeat = (n, make) => Array.from({ length: n }, (_, i) => make(i));
export const hex = (s) => Uint8Array.from(Buffer.from(s.replaceAll(" ", ""), "hex"));

/* A log as the yjs command reads it: each update behind its length. */
export const log = (updates) => Buffer.concat(updates.flatMap((one) => [Buffer.from(Uint32Array.of(one.length).buffer), one]));
