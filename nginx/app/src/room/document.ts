/*
 * document.ts - the room's code: one Yjs document, its files, and the connection of it.
 *
 * A file is a root Y.Text named `file:<path>`; the root Y.Map `files` has a key for each path. A
 * language's main file is always offered, whether or not anyone has typed into it, and enters the
 * index with its first edit made here: looking at a room writes nothing, and two people who begin
 * at once write the same entry.
 *
 * The document is kept in this browser (keep.ts) under the participant's id, as only its owner may
 * send what the server lacks of it.
 */
import { Awareness } from "y-protocols/awareness";
import { Provider, type Status } from "viva-provider";
import * as Y from "yjs";
import { sessionFetch } from "../api/client";
import { ensureFresh } from "../api/refresh";
import type { Room } from "../api/types";
import { announce } from "../lib/announce";
import { createStore, type Store } from "../lib/store";
import { Keep } from "./keep";

export const PATH = /^[A-Za-z0-9_][A-Za-z0-9_.-]*(\/[A-Za-z0-9_][A-Za-z0-9_.-]*){0,7}$/;
const PREFIX = "file:";
/* What was not sent by then stays unsent when one leaves for good. */
const LEAVE_WITHIN_MS = 3000;

export interface DocumentState {
	status: Status;
	synced: boolean;
	/* Edits that would be lost with this page. */
	unkept: number;
	paths: string[];
}

export class RoomDocument {
	readonly doc = new Y.Doc();
	readonly awareness = new Awareness(this.doc);
	readonly state: Store<DocumentState>;
	readonly readOnly: boolean;
	/* This document is no longer the server's; `unsent()` has what of one's own edits the server lacks. */
	onDiverged: (unsent: () => Uint8Array[]) => void = () => undefined;
	private readonly files: Y.Map<unknown>;
	private readonly kept: Keep | null;
	private readonly provider: Provider;
	private readonly calls = new Set<Promise<unknown>>();
	private readonly undo = new Map<string, Y.UndoManager>();

	constructor(room: Room, readOnly: boolean) {
		this.readOnly = readOnly;
		this.files = this.doc.getMap("files");
		this.state = createStore<DocumentState>({
			status: { state: "connecting", pending: 0, latencyMs: null, reason: null },
			synced: false,
			unkept: 0,
			paths: [],
		});
		this.kept = readOnly ? null : new Keep(`viva.${room.me}.code`, this.doc);
		this.provider = new Provider({
			url: location.origin,
			room: room.id,
			document: "code",
			doc: this.doc,
			awareness: this.awareness,
			readOnly,
			persistence: this.kept,
			/* A handshake cannot be tried again with a new token: it goes out with a fresh one. */
			headers: async () => { await ensureFresh(); return {}; },
			socket: (url) => new WebSocket(url),
			fetch: (input, init) => this.call(sessionFetch(input, init)),
			/* sessionFetch has tried already. */
			onUnauthorized: () => false,
		});
		if (this.kept)
			this.kept.onChange = () => this.state.set({ unkept: this.kept?.unkept ?? 0 });
		this.provider.on("status", (status: Status) => this.onStatus(status));
		this.provider.on("diverged", (unsent) => this.onDiverged(unsent));
		this.provider.on("synced", () => this.state.set({ synced: true }));
		this.files.observe(() => this.state.set({ paths: [...this.files.keys()].filter((path) => PATH.test(path)).sort() }));
		this.doc.on("afterTransaction", (tr: Y.Transaction) => this.indexEdited(tr));
	}

	text(path: string): Y.Text {
		return this.doc.getText(PREFIX + path);
	}

	/* The undo stack of one's own edits to a file; it outlives the editor that shows the file. */
	undoManager(path: string): Y.UndoManager {
		let manager = this.undo.get(path);
		if (!manager) {
			manager = new Y.UndoManager(this.text(path), { captureTimeout: 400 });
			this.undo.set(path, manager);
		}
		return manager;
	}

	add(path: string, content = ""): void {
		this.doc.transact(() => {
			this.files.set(path, true);
			if (content !== "" && this.text(path).length === 0)
				this.text(path).insert(0, content);
		});
	}

	remove(path: string): void {
		this.doc.transact(() => {
			this.text(path).delete(0, this.text(path).length);
			this.files.delete(path);
		});
	}

	/* Yjs cannot rename a root, so a renamed file is a new one with the same text. */
	rename(from: string, to: string): void {
		const content = this.text(from).toString();
		this.doc.transact(() => {
			this.add(to, content);
			this.remove(from);
		});
	}

	/* Everything typed here is on the server, or is within a while; false where that is not to be expected. */
	async saved(within: number): Promise<boolean> {
		if (!["saved", "pending"].includes(this.provider.status.state))
			return false;
		const saved = this.provider.whenSaved().then(() => true, () => false);
		return Promise.race([saved, new Promise<boolean>((done) => setTimeout(() => done(false), within))]);
	}

	/* When it has what the server has, or never will. */
	whenSynced(): Promise<void> {
		return this.provider.whenSynced().catch(() => undefined);
	}

	/* What was kept in this browser becomes these updates: for a document that is to be loaded anew. */
	async keepOnly(updates: Uint8Array[]): Promise<void> {
		await this.kept?.startOver(updates).catch(() => undefined);
	}

	/* Edits of another document of this room, which were not sent. */
	adopt(updates: Uint8Array[]): void {
		this.doc.transact(() => updates.forEach((update) => Y.applyUpdate(this.doc, update)));
	}

	close(): void {
		this.awareness.setLocalState(null);
		this.provider.destroy();
		this.kept?.close();
		this.doc.destroy();
	}

	/* For good: the room is told, and nothing stays in this browser. Resolves when nothing is on its way. */
	async leave(): Promise<void> {
		await Promise.race([this.provider.whenSaved().catch(() => undefined), new Promise((done) => setTimeout(done, LEAVE_WITHIN_MS))]);
		this.close();
		this.kept?.forget();
		await new Promise((done) => setTimeout(done));
		await Promise.allSettled(this.calls);
	}

	private call<T>(call: Promise<T>): Promise<T> {
		this.calls.add(call);
		void call.finally(() => this.calls.delete(call)).catch(() => undefined);
		return call;
	}

	private onStatus(status: Status): void {
		const lost = (s: Status) => s.state === "offline" || s.state === "reconnecting";
		const before = this.state.get().status;
		this.state.set({ status });
		if (lost(status) !== lost(before))
			announce(lost(status) ? "Connection lost. Edits are kept in this browser." : "Connected again.");
	}

	/* An edit made here to a file that the index lacks puts it there. */
	private indexEdited(tr: Y.Transaction): void {
		if (!tr.local || this.readOnly)
			return;
		for (const [name, type] of this.doc.share)
			if (name.startsWith(PREFIX) && tr.changed.has(type as never) && !this.files.has(name.slice(PREFIX.length)) && this.text(name.slice(PREFIX.length)).length > 0)
				this.files.set(name.slice(PREFIX.length), true);
	}
}
