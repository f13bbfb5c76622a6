/* context.ts - the open room, for the components inside of it. */
import { createContext, useContext } from "react";
import type { Room } from "../api/types";
import { useStore } from "../lib/store";
import type { OpenRoom, RoomSession } from "./session";

export interface Here extends OpenRoom {
	session: RoomSession;
}

export const RoomContext = createContext<Here | null>(null);

export function useHere(): Here {
	const here = useContext(RoomContext);
	if (!here)
		throw new Error("outside of a room");
	return here;
}

export function useRoom(): Room {
	const room = useStore(useHere().session.state, (s) => s.room);
	if (!room)
		throw new Error("outside of a room");
	return room;
}

/* What the caller may do here, now. */
export function useRights(): { edit: boolean; invite: boolean; end: boolean } {
	const { role, ended_at } = useRoom();
	const live = ended_at === undefined;
	const hosts = role === "owner" || role === "interviewer";
	return { edit: live && role !== "observer", invite: live && hosts, end: live && hosts };
}
