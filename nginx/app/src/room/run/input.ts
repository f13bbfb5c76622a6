/* input.ts - what a run reads from standard input: this person's own, kept while the tab lives. */
import { createStore } from "../../lib/store";

const KEY = "viva.input.";

export const input = createStore<{ text: string }>({ text: "" });

export function recallInput(room: string): void {
	input.set({ text: sessionStorage.getItem(KEY + room) ?? "" });
}

export function writeInput(room: string, text: string): void {
	input.set({ text });
	try {
		sessionStorage.setItem(KEY + room, text);
	} catch {
		/* Too long to keep; it still runs. */
	}
}
