/* chat.ts - what was said. Messages come by events and by fetching, and are merged by id. */
import { answer, api } from "../../api/client";
import { asProblem, type ProblemError } from "../../api/problem";
import type { ChatMessage } from "../../api/types";
import { createStore } from "../../lib/store";

export class Chat {
	readonly state = createStore<{ messages: ChatMessage[]; unread: number; error: ProblemError | null }>({ messages: [], unread: 0, error: null });
	private watching = true;

	constructor(private readonly room: string, private readonly me: string) {}

	async catchUp(): Promise<void> {
		const got = await answer(api.GET("/api/rooms/{room}/chat", { params: { path: { room: this.room } } }));
		this.merge(got.messages, false);
	}

	/* True when it was said. */
	async say(text: string): Promise<boolean> {
		this.state.set({ error: null });
		try {
			this.merge([await answer(api.POST("/api/rooms/{room}/chat", { params: { path: { room: this.room } }, body: { text } }))], false);
			return true;
		} catch (e) {
			this.state.set({ error: asProblem(e) });
			return false;
		}
	}

	onMessage(message: ChatMessage): void {
		this.merge([message], true);
	}

	/* Whether the chat is in sight; unseen messages are counted. */
	watch(on: boolean): void {
		this.watching = on;
		if (on)
			this.state.set({ unread: 0 });
	}

	private merge(more: ChatMessage[], live: boolean): void {
		this.state.set(({ messages, unread }) => {
			const fresh = more.filter((m) => !messages.some((known) => known.id === m.id));
			const others = fresh.filter((m) => m.participant !== this.me).length;
			const all = fresh.length > 0 ? [...messages, ...fresh].sort((a, b) => a.at.localeCompare(b.at)) : messages;
			return { messages: all, unread: live && !this.watching ? unread + others : unread };
		});
	}
}
