/* languages.ts - what can be run here, asked until it is known, and then until every sandbox has been made. */
import { answer, api } from "../api/client";
import type { Language } from "../api/types";
import { createStore } from "../lib/store";

const AGAIN_FIRST_MS = 500;
const AGAIN_MOST_MS = 10_000;
const PREPARED_MS = 15_000;

export const languages = createStore<{ list: Language[] }>({ list: [] });
let asking = false;

async function ask(again: number): Promise<void> {
	try {
		const list = (await answer(api.GET("/api/languages"))).languages;
		languages.set({ list });
		if (list.some((l) => !l.ready))
			setTimeout(() => void ask(AGAIN_FIRST_MS), PREPARED_MS);
	} catch {
		setTimeout(() => void ask(Math.min(again * 2, AGAIN_MOST_MS)), again);
	}
}

export function loadLanguages(): void {
	if (!asking)
		void ask(AGAIN_FIRST_MS);
	asking = true;
}

/* For a new room: what one had last, or Python, or else the first that can be run. */
export function usualLanguage(list: Language[], last: string | null): string | undefined {
	const ready = list.filter((l) => l.ready);
	return (ready.find((l) => l.name === last) ?? ready.find((l) => l.name === "python") ?? ready[0] ?? list[0])?.name;
}

export function languageTitle(list: Language[], name: string): string {
	return list.find((l) => l.name === name)?.title ?? name;
}
