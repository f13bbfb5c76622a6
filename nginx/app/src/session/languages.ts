/* languages.ts - what can be run here, asked until it is known. */
import { answer, api } from "../api/client";
import type { Language } from "../api/types";
import { createStore } from "../lib/store";

const AGAIN_FIRST_MS = 500;
const AGAIN_MOST_MS = 10_000;

export const languages = createStore<{ list: Language[] }>({ list: [] });
let asking = false;

async function ask(again: number): Promise<void> {
	try {
		languages.set({ list: (await answer(api.GET("/api/languages"))).languages });
	} catch {
		setTimeout(() => void ask(Math.min(again * 2, AGAIN_MOST_MS)), again);
	}
}

export function loadLanguages(): void {
	if (!asking)
		void ask(AGAIN_FIRST_MS);
	asking = true;
}

export function languageTitle(list: Language[], name: string): string {
	return list.find((l) => l.name === name)?.title ?? name;
}
