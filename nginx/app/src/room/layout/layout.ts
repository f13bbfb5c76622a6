/* layout.ts - sizes and folds of the panes, remembered by this browser; on a phone, which pane is shown. */
import { keep, kept, keptNumber } from "../../lib/kept";
import { createStore } from "../../lib/store";

export type Pane = "code" | "output" | "chat" | "people";
export type SideTab = "output" | "tests" | "input" | "runs" | "terminal";

interface Layout {
	side: number;
	sideOpen: boolean;
	chat: number;
	chatOpen: boolean;
	pane: Pane;
	tab: SideTab;
}

export const SIDE = { least: 260, most: 900, usual: 380 };
export const CHAT = { least: 120, most: 700, usual: 240 };

export const layout = createStore<Layout>({
	side: keptNumber("side", SIDE.usual),
	sideOpen: kept("sideOpen") !== "no",
	chat: keptNumber("chat", CHAT.usual),
	chatOpen: kept("chatOpen") !== "no",
	pane: "code",
	tab: "output",
});

function within(value: number, { least, most }: { least: number; most: number }): number {
	return Math.round(Math.min(Math.max(value, least), most));
}

export function resize(what: "side" | "chat", to: number): void {
	const value = within(to, what === "side" ? SIDE : CHAT);
	layout.set(what === "side" ? { side: value } : { chat: value });
	keep(what, String(value));
}

export function fold(what: "sideOpen" | "chatOpen", open: boolean): void {
	layout.set(what === "sideOpen" ? { sideOpen: open } : { chatOpen: open });
	keep(what, open ? null : "no");
}

export function showPane(pane: Pane): void {
	layout.set({ pane });
}

export function showTab(tab: SideTab): void {
	layout.set({ tab });
}
