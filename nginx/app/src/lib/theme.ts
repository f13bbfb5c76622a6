/* theme.ts - the system's theme, or the one that was chosen. public/theme.js applies it before the first paint. */
import { createStore } from "./store";
import { keep, kept } from "./kept";

export type Theme = "system" | "light" | "dark";

const initial = kept("theme");
export const theme = createStore<{ chosen: Theme }>({
	chosen: initial === "light" || initial === "dark" ? initial : "system",
});

export function chooseTheme(chosen: Theme): void {
	if (chosen === "system")
		delete document.documentElement.dataset["theme"];
	else
		document.documentElement.dataset["theme"] = chosen;
	keep("theme", chosen === "system" ? null : chosen);
	theme.set({ chosen });
}
