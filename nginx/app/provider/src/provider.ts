/*
 * provider.ts - connects a Y.Doc and its Awareness to a document of a room.
 *
 * Subscribe first, fetch second: the socket opens, then a sync puts both sides level, so that no edit falls
 * between. From then on our edits go up by POST (uplink.ts) and everybody's come down the socket
 * (downlink.ts). The socket hears our own edits as well: their coming back is the sign that it lives.
 * Lost messages show as a gap in the document, or, at the latest, when state vectors are compared
 * after some silence.
 */
import { ObservableV2 } from "lib0/observable";
import { Awareness, applyAwarenessUpdate } from "y-protocols/awareness";
import * as Y from "yjs";
import { Downlink } from "./downlink.js";
import { readFrames, type Frame } from "./frames.js";
import type { Poster } from "./http.js";
import { watchPage } from "./page.js";
import { Backoff, Timer, now } from "./timing.js";
import { TIMING, type Problem, type ProviderOptions, type SocketLike, type State, type Status, type Timing } from "./types.js";
import { updatesByClient } from "./split.js";
import { Uplink } from "./uplink.js";
import { Witness, type WitnessHost } from "./witness.js";

/* After a check that brought news, the socket has this long to bring something too. */
const PROOF_MS = 3_000;
/* A stored document that does not load must not keep the room shut. */
const PERSISTENCE_MS = 5_000;
const CHECKS_DOUBLED_MOST = 2;
const ASKED_MS = 500;

/* Said by nobody else. */
const DIVERGED: Problem = { type: "diverged", title: "The document here and the server's have diverged", status: 0 };

interface Events {
  status: (status: Status) => void;
  synced: () => void;
  /* The end of this document. What it has of our own that the server lacks, at any time, belongs into a new one. */
  diverged: (unsent: () => Uint8Array[]) => void;
}

export class Provider extends ObservableV2<Events> implements WitnessHost {
  readonly doc: Y.Doc;
  readonly awareness: Awareness | null;
  readonly readOnly: boolean;
  readonly timing: Timing;
  readonly poster: Poster;
  readonly path: string;
  readonly room: string;
  readonly document: string;
  readonly #options: ProviderOptions;
  readonly #uplink: Uplink;
  readonly #downlink: Downlink;
  readonly #witness: Witness;
  readonly #gap: Timer;
  readonly #asked: Timer;
  readonly #gapBackoff = new Backoff(1_000, 60_000);
  readonly #check: Timer;
  readonly #hello: Timer;
  readonly #leavePage: () => void;
  #wanted = false;
  #destroyed = false;
  #level = false;
  #wasLevel = false;
  #quietChecks = 0;
  #syncedAt = 0;
  #final: { state: State; reason: Problem } | null = null;
  #told = "";
  readonly #waiting = new Set<() => void>();

  constructor(options: ProviderOptions) {
    super();
    const page = typeof location === "undefined" ? undefined : location.origin;
    const url = (options.url ?? page ?? "").replace(/\/+$/, "");

    if (!/^https?:/.test(url)) throw new TypeError("url is wanted where there is no page: { url: 'http://127.0.0.1:8080' }");
    this.#options = options;
    this.room = options.room;
    this.document = options.document ?? "code";
    this.doc = options.doc;
    this.awareness = options.awareness === undefined ? new Awareness(options.doc) : options.awareness;
    this.readOnly = options.readOnly ?? false;
    this.timing = { ...TIMING, ...options.timing };
    this.path = `${url}/api/rooms/${this.room}/docs/${this.document}`;
    this.poster = {
      fetch: options.fetch ?? globalThis.fetch.bind(globalThis),
      headers: async () => (await options.headers?.()) ?? {},
      timing: this.timing,
    };
    this.#uplink = new Uplink(this);
    this.#witness = new Witness(this);
    this.#downlink = new Downlink(
      () => this.#openSocket(`${url.replace(/^http/, "ws")}/ws/rooms/${this.room}/docs/${this.document}`),
      { open: () => this.#opened(), message: (bytes) => this.#heard(bytes), lost: (opened) => this.#lost(opened) },
      this.timing,
    );
    this.#gap = new Timer(() => this.#hasGap() && this.#uplink.resync());
    this.#asked = new Timer(() => this.#uplink.resync());
    this.#check = new Timer(() => this.#checkNow());
    this.#hello = new Timer(() => this.#announce());
    this.doc.on("update", this.#onUpdate);
    this.doc.on("destroy", this.#onDestroy);
    this.awareness?.on("update", this.#onAwareness);
    this.#leavePage = watchPage({
      online: () => this.#returned(),
      offline: () => this.#uplink.resync(),
      visible: () => this.#level && this.#uplink.resync(),
      back: () => this.#returned(),
      away: () => this.#sayGoodbye(),
    });
    if (options.connect ?? true) this.connect();
  }

  get status(): Status {
    return {
      state: this.#state(),
      pending: this.#uplink.outbox.pending,
      latencyMs: this.#uplink.latencyMs,
      reason: this.#final?.reason ?? null,
    };
  }

  /* The document has everything that the server had at the last connection. */
  get synced(): boolean {
    return this.#wasLevel;
  }

  /* Also after "denied", "ended" or "error", to try again. */
  connect(): void {
    if (this.#wanted || this.#destroyed) return;
    this.#wanted = true;
    this.#final = null;
    void this.#start();
  }

  /* Edits are kept until the next connect(). */
  disconnect(): void {
    this.#stop();
    this.changed();
  }

  /* Tells the room that we are gone and lets go of doc and awareness, which live on. */
  override destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    if (this.#wanted) this.#sayGoodbye();
    this.#stop();
    this.#leavePage();
    this.doc.off("update", this.#onUpdate);
    this.doc.off("destroy", this.#onDestroy);
    this.awareness?.off("update", this.#onAwareness);
    this.changed();
    super.destroy();
  }

  /* Compares with the server now, whatever is thought to be known. */
  resync(): void {
    this.#uplink.resync();
  }

  /* When the document has been level with the server once. */
  whenSynced(): Promise<void> {
    return this.#until(() => this.#wasLevel);
  }

  /* When every edit made so far is durable. */
  whenSaved(): Promise<void> {
    return this.#until(() => this.#level && this.#uplink.outbox.pending === 0);
  }

  #until(reached: () => boolean): Promise<void> {
    return new Promise((done, fail) => {
      const look = (): void => {
        const { state, reason } = this.status;
        if (reached()) done();
        else if (this.#final !== null || this.#destroyed) fail(new Error(`${state}: ${reason?.detail ?? reason?.title ?? "destroyed"}`));
        else return;
        this.#waiting.delete(look);
      };
      this.#waiting.add(look);
      look();
    });
  }

  /* ---- what the uplink tells ---- */

  async signIn(): Promise<boolean> {
    return (await this.#options.onUnauthorized?.()) ?? false;
  }

  level(news: boolean): void {
    this.#syncedAt = now();
    if (this.#hasGap()) this.#watchGap();
    else this.#gapBackoff.reset();
    if (!this.#downlink.open) return;
    if (news && this.#level) {
      this.#quietChecks = 0;
      this.#proof(now());
    }
    const first = !this.#level;
    this.#level = this.#wasLevel = true;
    if (first || news) this.#witness.happened();
    this.#planCheck();
    this.changed();
    if (first) this.emit("synced", []);
  }

  recovered(): void {
    this.#downlink.hurry();
  }

  get quiet(): boolean {
    return this.#level && !this.#uplink.failing && this.#uplink.outbox.pending === 0 && !this.#hasGap();
  }

  /* Only our own edits are taken along: what came from others came from the server, or wrongly. */
  diverged(serverVector: Uint8Array): void {
    const own = this.doc.clientID;
    const unsent = (): Uint8Array[] =>
      this.readOnly ? [] : (updatesByClient(Y.encodeStateAsUpdate(this.doc, serverVector), own).get(own) ?? []);

    this.refused("diverged", DIVERGED);
    this.emit("diverged", [unsent]);
  }

  posted(since: number): void {
    this.#downlink.expect(since);
  }

  refused(state: "denied" | "ended" | "diverged" | "error", reason: Problem): void {
    this.#final = { state, reason };
    this.#stop();
    this.changed();
  }

  /* Tells listeners where the status is another than the one they know; whoever waits looks in any case. */
  changed(): void {
    for (const look of [...this.#waiting]) look();
    const { status } = this;
    const told = `${status.state} ${status.pending} ${status.latencyMs} ${status.reason?.status}`;
    if (told === this.#told) return;
    this.#told = told;
    this.emit("status", [status]);
  }

  #state(): State {
    if (this.#final !== null) return this.#final.state;
    if (!this.#wanted) return "offline";
    const live = this.#level && !this.#uplink.failing;
    if (live) return this.#uplink.outbox.pending > 0 ? "pending" : "saved";
    if (typeof navigator !== "undefined" && navigator.onLine === false) return "offline";
    return this.#wasLevel || this.#uplink.failing ? "reconnecting" : "connecting";
  }

  /* ---- connecting ---- */

  async #start(): Promise<void> {
    this.changed();
    const loaded = this.#options.persistence?.whenSynced;
    if (loaded) {
      const enough = new Promise((done) => setTimeout(done, PERSISTENCE_MS));
      await Promise.race([loaded.catch(() => {}), enough]);
    }
    if (!this.#wanted) return;
    this.#uplink.start();
    this.#downlink.start();
  }

  #stop(): void {
    this.#wanted = false;
    this.#level = false;
    this.#uplink.stop();
    this.#downlink.stop();
    this.#witness.stop();
    for (const timer of [this.#gap, this.#asked, this.#check, this.#hello]) timer.stop();
  }

  async #openSocket(url: string): Promise<SocketLike> {
    const { socket } = this.#options;
    if (socket === undefined) return new WebSocket(url);
    return socket(url, await this.poster.headers());
  }

  #opened(): void {
    this.#uplink.resync();
    this.#uplink.hurry();
    this.#announce();
  }

  /* With a new clock: whoever took us for gone does not believe the old one. */
  #announce(): void {
    const state = this.awareness?.getLocalState() ?? null;
    if (state !== null) this.awareness!.setLocalState(state);
  }

  /* A socket that never opened does not say why; a request learns it, and brings the document meanwhile. */
  #lost(opened: boolean): void {
    this.#level = false;
    this.#check.stop();
    if (!opened) this.#uplink.resync();
    this.changed();
  }

  /* The network or the page came back: whatever looks open may be dead. */
  #returned(): void {
    if (!this.#wanted) return;
    this.#downlink.replace();
    this.#downlink.hurry();
    this.#uplink.hurry();
    this.#announce();
  }

  #sayGoodbye(): void {
    const body = this.#uplink.goodbye();
    if (body === null) return;
    void (async () => {
      const headers = { ...(await this.poster.headers()), "content-type": "application/octet-stream" };
      await this.poster.fetch(`${this.path}/updates`, { method: "POST", headers, body, keepalive: true, credentials: "same-origin" });
    })().catch(() => {});
  }

  /* ---- edits and awareness ---- */

  #onUpdate = (update: Uint8Array, origin: unknown): void => {
    if (this.#level) this.#witness.changed();
    if (origin === this || this.readOnly) return;
    /* What was stored is no new edit: a sync finds out what of it the server lacks. */
    if (origin === this.#options.persistence) return this.#wasLevel ? this.#uplink.resync() : undefined;
    this.#uplink.edited(update);
    this.changed();
  };

  #onDestroy = (): void => this.destroy();

  #onAwareness = ({ added, updated, removed }: Record<"added" | "updated" | "removed", number[]>, origin: unknown): void => {
    const own = this.awareness!.clientID;

    if (origin !== this && [...added, ...updated, ...removed].includes(own)) this.#uplink.speak();
    /* Somebody came and knows nobody yet: everyone says who they are, spread over a moment. */
    if (origin === this && added.some((client) => client !== own) && !this.#hello.set) {
      this.#hello.start(50 + Math.random() * (100 + 8 * this.awareness!.getStates().size));
    }
  };

  #heard(bytes: Uint8Array): void {
    const { frames, broken } = readFrames(bytes);

    if (frames.length > 1) this.doc.transact(() => frames.forEach(this.#take), this);
    else frames.forEach(this.#take);
    if (broken) this.#uplink.resync();
    if (this.#hasGap()) this.#watchGap();
    if (this.#level) {
      this.#planCheck();
      this.#witness.happened();
    }
  }

  #take = ({ kind, payload }: Frame): void => {
    try {
      if (kind === "update" || kind === "step2") Y.applyUpdate(this.doc, payload, this);
      else if (kind === "awareness") this.awareness && applyAwarenessUpdate(this.awareness, payload, this);
      else if (kind === "query") this.#announce();
      /* Step 1 of a server that misses edits: everyone is asked, and not everyone is to answer at once. */
      else if (!this.#asked.set) this.#asked.start(Math.random() * ASKED_MS);
    } catch {
      this.#uplink.resync();
    }
  };

  /* ---- finding out what was lost ---- */

  /* Something refers to an edit that has not come. */
  #hasGap(): boolean {
    return this.doc.store.pendingStructs !== null || this.doc.store.pendingDs !== null;
  }

  #watchGap(): void {
    if (!this.#gap.set) this.#gap.start(this.#gapBackoff.next());
  }

  /* After some silence, longer each time nothing was found; under steady traffic once in a while. */
  #planCheck(): void {
    const { idleCheck, check } = this.timing;
    const idle = idleCheck * 2 ** Math.min(this.#quietChecks, CHECKS_DOUBLED_MOST);
    const latest = this.#syncedAt + check - now();
    this.#check.start(Math.max(0, Math.min(idle, latest)) * (0.9 + Math.random() / 5));
  }

  #checkNow(): void {
    this.#quietChecks++;
    this.#uplink.resync();
  }

  /* A check brought news that the socket should have brought: it proves itself or is replaced. */
  #proof(since: number): void {
    setTimeout(() => {
      if (this.#level && this.#downlink.heardAt < since) this.#downlink.replace();
    }, PROOF_MS);
  }
}
