/* location.ts - which file each present person's caret is in, by participant id. */
import { useEffect, useState } from "react";
import type { RoomDocument } from "../document";
import type { Whereabouts } from "../editor/remote";

function read({ awareness }: RoomDocument): ReadonlyMap<string, string> {
	const found = new Map<string, string>();
	for (const state of awareness.getStates().values() as Iterable<Whereabouts>)
		if (typeof state.participant === "string" && typeof state.file === "string")
			found.set(state.participant, state.file);
	return found;
}

export function useLocations(doc: RoomDocument): ReadonlyMap<string, string> {
	const [locations, setLocations] = useState(() => read(doc));
	useEffect(() => {
		const onChange = () => setLocations((before) => {
			const now = read(doc);
			return now.size === before.size && [...now].every(([id, file]) => before.get(id) === file) ? before : now;
		});
		doc.awareness.on("change", onChange);
		return () => doc.awareness.off("change", onChange);
	}, [doc]);
	return locations;
}
