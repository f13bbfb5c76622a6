/*
 * types.ts - what a user of the provider passes in and gets out.
 */
import type { Awareness } from "y-protocols/awareness";
import type * as Y from "yjs";

/*
 * connecting    for the first time
 * saved         every edit made here is durable on the server, and others' edits arrive
 * pending       edits made here are on their way
 * reconnecting  the connection is lost or the server is away; edits are kept and sent later
 * offline       the browser says there is no network, or disconnect() was called; edits are kept
 * denied        the server does not let us in (any more): see `reason`
 * ended         the room has ended: it can be read but not changed
 * diverged      the document says something else than the server's with the same edits: take a new Y.Doc
 * error         the server refuses these edits for good: see `reason`
 */
export type State = "connecting" | "saved" | "pending" | "reconnecting" | "offline" | "denied" | "ended" | "diverged" | "error";

export interface Status {
  state: State;
  /* Edits made here of which it is not known that they are durable. */
  pending: number;
  /* How long the last edit took to become durable; null before the first. */
  latencyMs: number | null;
  /* The server's problem document, where it refused something. */
  reason: Problem | null;
}

/* RFC 9457, as the API answers it. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail?: string;
}

/* What of a WebSocket is used: the browser's own, and `ws` of Node. */
export interface SocketLike {
  binaryType: string;
  onopen: ((event: any) => any) | null;
  onmessage: ((event: any) => any) | null;
  onclose: ((event: any) => any) | null;
  onerror: ((event: any) => any) | null;
  close(): void;
}

export interface ProviderOptions {
  /* Where Viva answers, "https://viva.example"; in a browser the page's own origin by default. */
  url?: string;
  room: string;
  document?: string;
  doc: Y.Doc;
  /* One is made when absent; null for a client that neither shows nor sees cursors. */
  awareness?: Awareness | null;
  /* An observer's: edits of `doc` made here are never sent. */
  readOnly?: boolean;
  /* false: wait for connect(). */
  connect?: boolean;
  /* y-indexeddb's provider or anything alike: what it holds is loaded before the first connection. */
  persistence?: { whenSynced: Promise<unknown> } | null;
  /* Called once when the server answers 401: sign in again and say whether that worked. */
  onUnauthorized?: (() => boolean | Promise<boolean>) | null;
  /* Further headers, `Authorization` in Node; a browser has its cookies. */
  headers?: (() => Record<string, string> | Promise<Record<string, string>>) | null;
  /* How to open a socket, in Node: (url, headers) => new WebSocket(url, { headers }) of `ws`. */
  socket?: (url: string, headers: Record<string, string>) => SocketLike;
  fetch?: typeof fetch;
  timing?: Partial<Timing>;
}

/* Milliseconds; the defaults suit people, tests shorten some. */
export interface Timing {
  /* Between two awareness messages that no edit carries along; grows with the number of people. */
  awareness: number;
  /* The longest wait for an answer, and the least speed it assumes for a large body, bytes a second. */
  request: number;
  bytesPerSecond: number;
  /* The first and the longest pause before trying again. */
  retryFirst: number;
  retryMost: number;
  /* Our own message must come back on the socket within this; else the socket is dead. */
  echo: number;
  /* State vectors are compared after so long without a word, and at least so often. */
  idleCheck: number;
  check: number;
  /* So long after something has happened, at most, the document is compared with the server's. */
  witness: number;
  /* A way longer than this, there and back, lets more requests fly at once. */
  slow: number;
}

export const TIMING: Timing = {
  awareness: 60,
  request: 15_000,
  bytesPerSecond: 16_384,
  retryFirst: 250,
  retryMost: 15_000,
  echo: 6_000,
  idleCheck: 30_000,
  check: 120_000,
  witness: 6_000,
  slow: 150,
};
