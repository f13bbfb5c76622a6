/*
 * terminal.ts - the room's shared terminal: how it stands, what it shows, what is typed.
 *
 * As long as somebody looks there is a socket; each of its openings fetches what came after the last chunk that is
 * known, and chunks are merged by sequence number. What is typed goes up in one request at a time, so that it arrives
 * in order; what is typed meanwhile waits for the next. A terminal that is opened anew begins with an empty screen.
 */
import { answer, api } from "../../api/client";
import { asProblem, type ProblemError } from "../../api/problem";
import type { RunFile, Terminal, TerminalChunk } from "../../api/types";
import { announce } from "../../lib/announce";
import { createStore } from "../../lib/store";
import { EventSocket } from "../events";

/* Where it is shown. */
export interface Screen {
	clear(): void;
	write(text: string): void;
	resize(rows: number, columns: number): void;
}

export interface Size {
	rows: number;
	columns: number;
}

interface State {
	terminal: Terminal | null;
	loaded: boolean;
	connected: boolean;
	opening: boolean;
	typist: string | null; /* who typed last */
	error: ProblemError | null;
}

const MOST_AT_ONCE = 4096;
const AGAIN_MS = 1000;

export class RoomTerminal {
	readonly state = createStore<State>({ terminal: null, loaded: false, connected: false, opening: false, typist: null, error: null });
	private screen: Screen | null = null;
	private shown: string | null = null;
	private last = 0;
	private fetching = false;
	private again = false;
	private typed = "";
	private sending = false;
	private readonly path: { room: string };

	constructor(room: string) {
		this.path = { room };
	}

	/* Shows it on a screen until the function that is returned is called. */
	attach(screen: Screen): () => void {
		this.screen = screen;
		this.shown = null;
		const socket = new EventSocket<TerminalChunk>(this.path.room, (chunk) => this.onChunk(chunk), () => void this.catchUp(), "terminal", (connected) => this.state.set({ connected }));
		return () => {
			this.screen = null;
			socket.close();
		};
	}

	async open(size: Size, files: RunFile[]): Promise<void> {
		this.state.set({ opening: true, error: null });
		try {
			this.onTerminal(await answer(api.POST("/api/rooms/{room}/terminal", { params: { path: this.path }, body: { ...size, files } })));
		} catch (e) {
			this.state.set({ error: asProblem(e) });
		}
		this.state.set({ opening: false });
	}

	async close(): Promise<void> {
		try {
			await answer(api.DELETE("/api/rooms/{room}/terminal", { params: { path: this.path } }));
		} catch (e) {
			this.state.set({ error: asProblem(e) });
		}
	}

	type(text: string): void {
		this.typed += text.replaceAll("\0", "");
		void this.send();
	}

	async resize(size: Size): Promise<void> {
		const { terminal } = this.state.get();
		if (!terminal || terminal.status === "ended" || (terminal.rows === size.rows && terminal.columns === size.columns))
			return;
		/* A size that was not taken is set again by the next focus. */
		await api.POST("/api/rooms/{room}/terminal/resize", { params: { path: this.path }, body: size }).catch(() => undefined);
	}

	/* How a terminal stands, by an event or an answer. An answer may come after the event that followed it. */
	onTerminal(terminal: Terminal): void {
		const before = this.state.get().terminal;
		if (before?.id === terminal.id && before.status === "ended")
			return;
		if (before && before.id !== terminal.id && before.created_at > terminal.created_at)
			return;
		this.state.set({ terminal, loaded: true });
		if (before?.id !== terminal.id)
			this.begin(terminal);
		if (before && before.status !== terminal.status)
			announce(terminal.status === "ended" ? `The terminal has ended: ${terminal.reason ?? ""}` : "The terminal is ready");
	}

	private begin(terminal: Terminal): void {
		if (!this.screen || this.shown === terminal.id)
			return;
		this.shown = terminal.id;
		this.last = 0;
		this.typed = "";
		this.screen.clear();
		this.screen.resize(terminal.rows, terminal.columns);
		void this.catchUp();
	}

	private async catchUp(): Promise<void> {
		this.again = true;
		if (this.fetching)
			return;
		this.fetching = true;
		while (this.again) {
			this.again = false;
			await this.fetchOnce();
		}
		this.fetching = false;
	}

	private async fetchOnce(): Promise<void> {
		try {
			const view = await answer(api.GET("/api/rooms/{room}/terminal", { params: { path: this.path, query: { after: this.last } } }));
			this.state.set({ loaded: true });
			if (!view.terminal)
				return;
			const other = view.terminal.id !== this.shown;
			this.onTerminal(view.terminal);
			this.begin(view.terminal);
			if (other && this.last > 0)
				this.again = true; /* asked for the end of another one */
			else
				this.show(view.chunks.filter((c) => c.seq > this.last), view.terminal);
		} catch {
			/* The next opening of the socket fetches again. */
		}
	}

	private onChunk(chunk: TerminalChunk): void {
		if (chunk.terminal === this.shown && chunk.seq === this.last + 1)
			this.show([chunk], null);
		else if (chunk.terminal !== this.shown || chunk.seq > this.last)
			void this.catchUp();
	}

	/* The size of a first sight is the present one: resizes before it may be gone. */
	private show(chunks: TerminalChunk[], terminal: Terminal | null): void {
		for (const chunk of chunks) {
			this.last = chunk.seq;
			if (chunk.kind === "output")
				this.screen?.write(chunk.data);
			else if (chunk.kind === "input")
				this.state.set({ typist: chunk.participant ?? null });
			else if (!terminal)
				this.sized(chunk.data);
		}
		if (terminal)
			this.screen?.resize(terminal.rows, terminal.columns);
	}

	private sized(data: string): void {
		const [rows = 24, columns = 80] = data.split("x").map(Number);
		this.screen?.resize(rows, columns);
		this.state.set(({ terminal }) => ({ terminal: terminal && { ...terminal, rows, columns } }));
	}

	private async send(): Promise<void> {
		if (this.sending)
			return;
		this.sending = true;
		while (this.typed !== "" && this.screen) {
			const data = [...this.typed.slice(0, MOST_AT_ONCE)].join("");
			this.typed = this.typed.slice(data.length);
			if (!(await this.sendOnce(data)))
				this.typed = "";
		}
		this.sending = false;
	}

	/* Too fast for the shell: wait and send it again. Whatever else fails is said, and not repeated: it may have arrived. */
	private async sendOnce(data: string): Promise<boolean> {
		for (;;) {
			try {
				await answer(api.POST("/api/rooms/{room}/terminal/input", { params: { path: this.path }, body: { data } }));
				this.state.set({ error: null });
				return true;
			} catch (e) {
				const error = asProblem(e);
				if (error.problem.status !== 429) {
					this.state.set({ error });
					return false;
				}
				await new Promise((wake) => setTimeout(wake, AGAIN_MS));
			}
		}
	}
}
