/* rooms.ts - the caller's rooms, newest first, a page at a time. */
import { answer, api } from "../../api/client";
import { asProblem, type ProblemError } from "../../api/problem";
import type { RoomSummary } from "../../api/types";
import { createStore } from "../../lib/store";

interface Rooms {
	state: "loading" | "ready" | "failed";
	list: RoomSummary[];
	more: string | null;
	error: ProblemError | null;
}

export const rooms = createStore<Rooms>({ state: "loading", list: [], more: null, error: null });

async function fetchPage(before: string | null) {
	return answer(api.GET("/api/rooms", { params: { query: before === null ? {} : { before } } }));
}

export async function loadRooms(): Promise<void> {
	rooms.set({ state: rooms.get().list.length > 0 ? "ready" : "loading", error: null });
	try {
		const got = await fetchPage(null);
		rooms.set({ state: "ready", list: got.rooms, more: got.next_before ?? null });
	} catch (e) {
		rooms.set({ state: "failed", error: asProblem(e) });
	}
}

export async function loadMore(): Promise<void> {
	const { more, list } = rooms.get();
	try {
		const got = await fetchPage(more);
		rooms.set({ list: [...list, ...got.rooms], more: got.next_before ?? null });
	} catch (e) {
		rooms.set({ error: asProblem(e) });
	}
}
