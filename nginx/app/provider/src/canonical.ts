/*
 * canonical.ts - one hash for what shared maps and arrays say, whatever the order in which it came.
 *
 * functions/docs/canonical.h has the definition; the server makes the same of its JSON. Types nest as deeply as
 * somebody likes, so the open ones stand in an array, not on the stack; plain values are at most 64 deep.
 */
import * as Y from "yjs";
import { sha256 } from "./hash.js";

type Type = Y.AbstractType<any>;
type Entry = [key: string, value: unknown];

const encoder = new TextEncoder();

/* As UTF-8 has it: half of a surrogate pair becomes U+FFFD on its way to anybody else. */
const wellFormed = (text: string): string => text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");

function compare(a: Uint8Array, b: Uint8Array): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

/* Of values that are made already: JSON of a simple one, else the hash. */
function hashOf(entries: Entry[], map: boolean): string {
  if (!map) return sha256(`[${entries.map(([, value]) => `${value},`).join("")}`);
  const kept = entries.filter(([key]) => key !== "__proto__");
  const members = kept.map(([key, value]) => ({ key: JSON.stringify(wellFormed(key)), value }));
  const sorted = members.map((member) => ({ ...member, bytes: encoder.encode(member.key) })).sort((a, b) => compare(a.bytes, b.bytes));
  return sha256(`{${sorted.map(({ key, value }) => `${key}:${value},`).join("")}`);
}

function plain(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(wellFormed(value));
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return hashOf(value.map((one) => ["", plain(one)]), false);
  const kept = Object.entries(value).filter(([, one]) => one !== undefined);
  return hashOf(kept.map(([key, one]) => [key, plain(one)]), true);
}

function* mapEntries(type: Type): Generator<Entry> {
  for (const [key, item] of type._map) {
    if (item.deleted) continue;
    const value = item.content instanceof Y.ContentString ? item.content.str : item.content.getContent()[item.length - 1];
    if (value !== undefined) yield [key, value];
  }
}

function* listEntries(type: Type): Generator<Entry> {
  for (let item = type._start; item !== null; item = item.right) {
    if (item.deleted || !item.countable) continue;
    const values = item.content instanceof Y.ContentString ? [...item.content.str] : item.content.getContent();
    for (const value of values) yield ["", value];
  }
}

interface Open {
  map: boolean;
  rest: Generator<Entry>;
  /* Made already; the last one's value is still to come where another type is open behind this one. */
  entries: Entry[];
}

const open = (type: Type, map: boolean): Open => ({ map, rest: map ? mapEntries(type) : listEntries(type), entries: [] });

function treeHash(type: Type, map: boolean): string {
  const stack = [open(type, map)];

  for (;;) {
    const top = stack[stack.length - 1]!;
    const next = top.rest.next();
    if (next.done) {
      const hash = hashOf(top.entries, top.map);
      stack.pop();
      const around = stack[stack.length - 1];
      if (around === undefined) return hash;
      around.entries[around.entries.length - 1]![1] = hash;
      continue;
    }
    const [key, value] = next.value;
    const inner = value instanceof Y.Map || value instanceof Y.Array ? (value as Type) : null;
    const text = value instanceof Y.Text ? value.toString() : value instanceof Y.AbstractType ? null : value;
    top.entries.push([key, inner === null ? plain(text) : null]);
    if (inner !== null) stack.push(open(inner, inner instanceof Y.Map));
  }
}

/* A root type, of which nobody but its users knows whether it is a map or an array: as both. */
export function canonical(root: Type | undefined): string {
  if (root === undefined || (mapEntries(root).next().done && listEntries(root).next().done)) return "";
  return treeHash(root, true) + treeHash(root, false);
}
