/*
 * fingerprint.ts - what GET .../docs/{document}/state says of the server's document, made of a Y.Doc.
 *
 * Two documents with the same snapshot hold the same edits and deletes. What they say is the same then, unless an
 * edit's id stands for one thing here and another there; that is what `hash` finds. Encoded documents would not do:
 * a Y.Doc with an UndoManager keeps what the server drops. schemas/api.yaml (Fingerprint) has the definition.
 */
import * as Y from "yjs";
import { canonical } from "./canonical.js";
import { hex, sha256 } from "./hash.js";

export interface Fingerprint {
  snapshot: string;
  hash: string;
}

const PREFIX = "file:";
const PATH = /^(?=.{1,120}$)[A-Za-z0-9_][A-Za-z0-9_.-]*(\/[A-Za-z0-9_][A-Za-z0-9_.-]*){0,7}$/;

const encoder = new TextEncoder();

function said(path: string, listed: boolean, text: string): string {
  return `${path}\0${listed ? 1 : 0}\0${encoder.encode(text).length}\0${text}`;
}

/* Asking a Y.Doc for a root makes it, and looking is to change nothing. */
const textOf = (doc: Y.Doc, root: string): string => (doc.share.has(root) ? doc.getText(root).toString() : "");

function code(doc: Y.Doc): string {
  const listed = new Set(doc.share.has("files") ? doc.getMap("files").keys() : []);
  const roots = [...doc.share.keys()].filter((name) => name.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length));
  const paths = [...new Set([...listed, ...roots])].filter((path) => PATH.test(path)).sort();
  return paths
    .map((path) => ({ path, listed: listed.has(path), text: textOf(doc, PREFIX + path) }))
    .filter(({ listed, text }) => listed || text !== "")
    .map(({ path, listed, text }) => said(path, listed, text))
    .join("");
}

function notes(doc: Y.Doc): string {
  const text = textOf(doc, "notes");
  return text === "" ? "" : said("notes", false, text);
}

const says: Record<string, (doc: Y.Doc) => string> = {
  code,
  notes,
  board: (doc) => canonical(doc.share.get("board")),
};

export function fingerprint(doc: Y.Doc, document: string): Fingerprint {
  const said = says[document]?.(doc) ?? "";
  return { snapshot: hex(Y.encodeSnapshot(Y.snapshot(doc))), hash: sha256(said) };
}
