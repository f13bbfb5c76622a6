/*
 * lazy.ts - the heavy parts, each a chunk of its own: the room, and CodeMirror and the terminal inside of it.
 *
 * Whoever will need a room soon calls loadRoom; both chunks then come side by side. A page that was
 * opened before an update asks for chunks that are gone: it reloads, once, and is the new one.
 */
import { keep, keptNumber } from "../lib/kept";

const ONCE_IN_MS = 30_000;

async function orReload<T>(chunk: Promise<T>): Promise<T> {
	try {
		return await chunk;
	} catch (error) {
		if (!navigator.onLine || Date.now() - keptNumber("reloaded", 0) < ONCE_IN_MS)
			throw error;
		keep("reloaded", String(Date.now()));
		location.reload();
		return new Promise(() => undefined);
	}
}

export const loadEditor = () => orReload(import("../room/editor/editor"));

export const loadTerminal = () => orReload(import("../room/terminal/screen"));

export function loadRoom() {
	loadEditor().catch(() => undefined);
	return orReload(import("../room/page"));
}
