/*
 * session.ts - everything that lives as long as one is in a room.
 *
 *	const session = new RoomSession(id);   begins to load
 *	session.state                          loading, then open, or why not
 *	session.close()                        leaves nothing behind
 *
 * React renders what is in the stores and calls the methods; nothing here knows of React.
 */
import { answer, api } from "../api/client";
import type { Status } from "viva-provider";
import { asProblem, type ProblemError } from "../api/problem";
import type { Participant, Room, RoomEvent } from "../api/types";
import { announce } from "../lib/announce";
import { newId } from "../lib/ids";
import { navigate } from "../lib/router";
import { createStore } from "../lib/store";
import { loadLanguages } from "../session/languages";
import { nobody } from "../session/session";
import { Cases } from "./cases/cases";
import { Chat } from "./chat/chat";
import { RoomDocument } from "./document";
import { EventSocket } from "./events";
import { People } from "./people/people";
import { keepPresence } from "./presence";
import { Runs } from "./run/runs";
import { RoomTerminal } from "./terminal/terminal";

export type Phase = "loading" | "open" | "missing" | "failed";

export interface OpenRoom {
	document: RoomDocument;
	runs: Runs;
	cases: Cases;
	chat: Chat;
	people: People;
	terminal: RoomTerminal;
}

interface State {
	phase: Phase;
	room: Room | null;
	open: OpenRoom | null;
	error: ProblemError | null;
	/* The document here is not the server's, and is being loaded anew. */
	outOfSync: boolean;
}

/* Long enough to be read. */
const OUT_OF_SYNC_SHOWN_MS = 3000;

export class RoomSession {
	readonly state = createStore<State>({ phase: "loading", room: null, open: null, error: null, outOfSync: false });
	private readonly connection = newId();
	private events: EventSocket | null = null;
	private stopPresence: (() => void) | null = null;
	private refusal: Status["reason"] = null;
	private closed = false;

	constructor(readonly id: string) {
		loadLanguages();
		void this.load();
	}

	async load(): Promise<void> {
		this.state.set({ phase: "loading", error: null });
		try {
			const room = await this.fetchRoom();
			if (!this.closed)
				this.begin(room);
		} catch (e) {
			this.fail(e);
		}
	}

	close(): void {
		this.closed = true;
		this.stop();
		this.state.get().open?.document.close();
	}

	async change(change: Partial<Pick<Room, "title" | "language" | "restricted">>): Promise<void> {
		const room = await answer(api.PATCH("/api/rooms/{room}", { params: { path: { room: this.id } }, body: change }));
		this.state.set({ room });
	}

	async end(): Promise<void> {
		this.changed(await answer(api.POST("/api/rooms/{room}/end", { params: { path: { room: this.id } } })));
	}

	/* For good: a guest needs a new link to come back. */
	async leave(): Promise<void> {
		const guest = this.me()?.guest;
		this.stop();
		await this.state.get().open?.document.leave();
		try {
			await answer(api.POST("/api/rooms/{room}/leave", { params: { path: { room: this.id } } }));
		} catch (e) {
			return this.fail(e);
		}
		navigate("/left", { replace: true });
		if (guest)
			nobody();
	}

	me(): Participant | undefined {
		const { room, open } = this.state.get();
		return room ? open?.people.person(room.me) : undefined;
	}

	private fetchRoom(): Promise<Room> {
		return answer(api.GET("/api/rooms/{room}", { params: { path: { room: this.id } } }));
	}

	private begin(room: Room): void {
		const open: OpenRoom = {
			document: this.openDocument(room),
			runs: new Runs(room.id),
			cases: new Cases(room.id),
			chat: new Chat(room.id, room.me),
			people: new People(room.participants, room.me),
			terminal: new RoomTerminal(room.id),
		};
		this.state.set({ phase: "open", room, open });
		this.events = new EventSocket(this.id, (event) => this.onEvent(event), () => void this.catchUp(), `events?connection=${this.connection}`);
		if (!room.ended_at)
			this.stopPresence = keepPresence(this.id, this.connection, (here) => open.people.present(here), (e) => this.doubt(e));
		void this.catchUp();
	}

	private openDocument(room: Room): RoomDocument {
		const document = new RoomDocument(room, room.role === "observer" || room.ended_at !== undefined);
		document.state.subscribe(() => this.onConnection(document.state.get().status));
		document.onDiverged = (unsent) => void this.startOver(document, unsent);
		return document;
	}

	/* The old document stays on the screen, and takes edits, until the new one has all that the server has. */
	private async startOver(before: RoomDocument, unsent: () => Uint8Array[]): Promise<void> {
		const shown = new Promise((done) => setTimeout(done, OUT_OF_SYNC_SHOWN_MS));
		this.state.set({ outOfSync: true });
		announce("Out of sync. The document is being loaded anew.");
		await before.keepOnly(unsent());
		const { room, open } = this.state.get();
		if (this.closed || !room || open?.document !== before)
			return;
		const document = this.openDocument(room);
		await document.whenSynced();
		if (this.closed)
			return document.close();
		document.adopt(unsent());
		this.state.set({ open: { ...open, document } });
		before.close();
		await shown;
		this.state.set({ outOfSync: false });
	}

	private async catchUp(): Promise<void> {
		const { open } = this.state.get();
		try {
			const [room] = await Promise.all([this.fetchRoom(), open?.runs.catchUp(), open?.cases.catchUp(), open?.chat.catchUp()]);
			open?.people.everyone(room.participants);
			this.changed(room);
		} catch (e) {
			this.doubt(e);
		}
	}

	private onEvent(event: RoomEvent): void {
		const { open, room } = this.state.get();
		if (!open || !room)
			return;
		switch (event.type) {
		case "presence":
			this.onPresence(open, event.participants);
			break;
		case "chat":
			open.chat.onMessage(event.message);
			break;
		case "run":
			open.runs.onRun(event.run);
			break;
		case "run_output":
			open.runs.onChunk(event.run, event.chunk);
			break;
		case "terminal":
			open.terminal.onTerminal(event.terminal);
			break;
		case "cases":
			void open.cases.catchUp();
			break;
		case "run_case":
			open.cases.onVerdict(event.run, event.verdict);
			open.runs.onVerdict(event.run, event.verdict);
			break;
		case "room":
			this.changed({ ...room, title: event.title, language: event.language, restricted: event.restricted, ...(event.ended_at ? { ended_at: event.ended_at } : {}) });
		}
	}

	/* The document was refused: ask about the room itself, which says why. */
	private onConnection({ state, reason }: Status): void {
		if ((state === "denied" || state === "ended") && reason !== this.refusal) {
			this.refusal = reason;
			void this.catchUp();
		}
	}

	private onPresence(open: OpenRoom, participants: Participant[]): void {
		const { came, went } = open.people.present(participants);
		const words = [...came.map((p) => `${p.name} joined`), ...went.map((p) => `${p.name} left`)];
		if (words.length > 0)
			announce(words.join(", "));
	}

	/* Titles, languages and the end change under one's hands. */
	private changed(room: Room): void {
		const before = this.state.get().room;
		this.state.set({ room });
		if (room.ended_at && !before?.ended_at) {
			announce("The interview has ended");
			this.stopPresence?.();
			this.stopPresence = null;
		}
	}

	/* A background call failed. Only a final answer matters; the rest is tried again. */
	private doubt(error: unknown): void {
		const { status } = asProblem(error).problem;
		if (status === 401 || status === 403 || status === 404)
			this.fail(error);
	}

	private fail(e: unknown): void {
		const error = asProblem(e);
		const { status } = error.problem;
		this.stop();
		if (status === 401)
			nobody();
		this.state.set({ error, phase: status === 403 || status === 404 || status === 422 ? "missing" : "failed" });
	}

	private stop(): void {
		this.events?.close();
		this.stopPresence?.();
		this.events = null;
		this.stopPresence = null;
	}
}
