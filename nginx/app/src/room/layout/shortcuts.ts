/* shortcuts.ts - the keys that work everywhere in a room. The sheet behind `?` lists them. */
import { useEffect } from "react";
import { isMod, isTyping } from "../../lib/keys";
import type { Here } from "../context";
import { runNow, stopNow } from "../run/submit";
import { fold, layout } from "./layout";

/* F6 walks through these. */
const REGIONS = "[data-region]";

function cycle(by: number): void {
	const regions = [...document.querySelectorAll<HTMLElement>(REGIONS)].filter((r) => r.offsetParent !== null || r.offsetWidth > 0);
	const at = regions.findIndex((r) => r.contains(document.activeElement));
	const next = regions[(at + by + regions.length) % regions.length];
	const editor = next?.querySelector("[data-editor]")?.shadowRoot?.querySelector<HTMLElement>(".cm-content");
	const first = next?.querySelector<HTMLElement>("button:not(:disabled), input, textarea, select, [tabindex='0'], a[href]");
	(editor ?? first)?.focus();
}

export function useShortcuts(here: Here | null, canEdit: boolean, onHelp: () => void): void {
	useEffect(() => {
		if (!here)
			return;
		const room = here;

		function act(event: KeyboardEvent): boolean {
			if (document.querySelector("dialog[open]"))
				return false;
			if (isMod(event, "enter"))
				return canEdit && (runNow(room), true);
			if (isMod(event, "."))
				return canEdit && (stopNow(room), true);
			if (isMod(event, "j"))
				return fold("sideOpen", !layout.get().sideOpen), true;
			if (event.key === "F6")
				return cycle(event.shiftKey ? -1 : 1), true;
			if (event.key === "?" && !isTyping(event))
				return onHelp(), true;
			return false;
		}

		/* Before the editor, which has a meaning of its own for some of them. */
		function onKeyDown(event: KeyboardEvent) {
			if (act(event)) {
				event.preventDefault();
				event.stopPropagation();
			}
		}
		addEventListener("keydown", onKeyDown, true);
		return () => removeEventListener("keydown", onKeyDown, true);
	}, [here, canEdit, onHelp]);
}
