/*
 * keep.ts - the document in this browser's IndexedDB, so that what was typed outlives the page.
 *
 * Theory of operation. Every update goes into a queue; one transaction at a time writes the whole
 * queue as one row, so that a slow disk means bigger rows and not a longer line. `unkept` counts
 * the updates that no finished transaction holds; the pill claims "kept here" only when it is zero.
 * A page that is being closed cannot wait for a transaction: what is still unkept then goes, in
 * one synchronous write, to local storage, and the next page takes it from there.
 *
 * Rows are only ever added, by any number of tabs, until one tab folds them: it reads all rows into
 * its document and replaces them by one, in a single transaction, so that no other tab's row is lost.
 */
import * as Y from "yjs";
import { keep, kept } from "../lib/kept";

const ROWS = "updates";
const FOLD_AT = 500;

function open(name: string): Promise<IDBDatabase> {
	return new Promise((done, fail) => {
		const request = indexedDB.open(name, 1);
		request.onupgradeneeded = () => request.result.createObjectStore(ROWS, { autoIncrement: true });
		request.onsuccess = () => done(request.result);
		request.onerror = () => fail(request.error ?? new Error("IndexedDB does not open"));
	});
}

/* Runs `work` in a transaction of its own; resolves when that is durable. */
function transact(db: IDBDatabase, work: (rows: IDBObjectStore) => void): Promise<void> {
	return new Promise((done, fail) => {
		const tr = db.transaction(ROWS, "readwrite");
		tr.oncomplete = () => done();
		tr.onabort = () => fail(tr.error ?? new Error("IndexedDB gave up"));
		work(tr.objectStore(ROWS));
	});
}

function toText(bytes: Uint8Array): string {
	return btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(""));
}

function fromText(text: string): Uint8Array {
	return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

export class Keep {
	/* Settles when what was kept is in the document; also when nothing can be kept here. */
	readonly whenSynced: Promise<void>;
	unkept = 0;
	onChange: () => void = () => undefined;
	private db: IDBDatabase | null = null;
	private queue: Uint8Array[] = [];
	private writing: Uint8Array[] = [];
	private rows = 0;
	private closed = false;

	constructor(private readonly name: string, private readonly doc: Y.Doc) {
		this.whenSynced = this.load().catch(() => undefined);
		doc.on("update", this.onUpdate);
		addEventListener("pagehide", this.onHide);
		document.addEventListener("visibilitychange", this.onHide);
	}

	/* Stop keeping; what is on its way is still written. */
	close(): void {
		this.stop();
		this.rescue();
		if (this.writing.length === 0)
			this.db?.close();
	}

	/* Nothing of it stays in this browser. */
	forget(): void {
		this.close();
		this.db?.close();
		keep(this.tail, null);
		indexedDB.deleteDatabase(this.name);
	}

	/* Stop keeping, and let the next page, or document, find these updates and nothing else. */
	async startOver(updates: Uint8Array[]): Promise<void> {
		this.stop();
		this.queue = [];
		keep(this.tail, null);
		if (this.db)
			await transact(this.db, (rows) => {
				rows.clear();
				updates.forEach((update) => rows.add(update));
			});
		this.db?.close();
	}

	private stop(): void {
		this.closed = true;
		this.doc.off("update", this.onUpdate);
		removeEventListener("pagehide", this.onHide);
		document.removeEventListener("visibilitychange", this.onHide);
	}

	private get tail(): string {
		return `tail.${this.name}`;
	}

	private async load(): Promise<void> {
		const tail = kept(this.tail);
		if (tail !== null)
			Y.applyUpdate(this.doc, fromText(tail));
		this.db = await open(this.name);
		await transact(this.db, (rows) => this.fold(rows));
		void this.write();
	}

	/* All rows into the document, and one row back. */
	private fold(rows: IDBObjectStore): void {
		const request = rows.getAll() as IDBRequest<Uint8Array[]>;
		request.onsuccess = () => {
			const found = request.result;
			this.doc.transact(() => found.forEach((row) => Y.applyUpdate(this.doc, row, this)), this);
			this.rows = 1;
			if (found.length > 1) {
				rows.clear();
				rows.add(Y.encodeStateAsUpdate(this.doc));
			}
		};
	}

	private onUpdate = (update: Uint8Array, origin: unknown): void => {
		if (origin === this)
			return;
		this.queue.push(update);
		this.count();
		void this.write();
	};

	private onHide = (): void => {
		if (document.visibilityState === "hidden" || this.unkept > 0)
			this.rescue();
	};

	private async write(): Promise<void> {
		const { db } = this;
		if (!db || this.writing.length > 0 || this.queue.length === 0)
			return;
		this.writing = this.queue;
		this.queue = [];
		const row = Y.mergeUpdates(this.writing);
		try {
			await transact(db, (rows) => {
				rows.add(row);
				if (++this.rows > FOLD_AT)
					this.fold(rows);
			});
			keep(this.tail, null);
		} catch {
			/* The disk is full or the storage is gone: they stay unkept, and the pill says so. */
			this.queue = [...this.writing, ...this.queue];
			this.writing = [];
			return;
		}
		this.writing = [];
		this.count();
		if (this.closed && this.queue.length === 0)
			db.close();
		else
			await this.write();
	}

	private count(): void {
		this.unkept = this.writing.length + this.queue.length;
		this.onChange();
	}

	private rescue(): void {
		const left = [...this.writing, ...this.queue];
		if (left.length > 0)
			keep(this.tail, toText(Y.mergeUpdates(left)));
	}
}
