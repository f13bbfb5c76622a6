/*
 * announce.ts - what a screen reader should say: a run that finished, somebody who joined.
 *
 * The app has one polite live region (ui/announcer.tsx); whoever has news puts it here. Never
 * called per keystroke or per line of output.
 */
import { createStore } from "./store";

export const announced = createStore<{ text: string; nth: number }>({ text: "", nth: 0 });

export function announce(text: string): void {
	announced.set((now) => ({ text, nth: now.nth + 1 }));
}
