/* usepeople.ts - those in the room, oneself first, then in the order they came. */
import { useMemo } from "react";
import { useStore } from "../../lib/store";
import { useHere, useRoom } from "../context";
import type { Person } from "./people";

export function usePresent(): Person[] {
	const { people } = useHere();
	const { me } = useRoom();
	const { everyone, here } = useStore(people.state, (s) => s);
	return useMemo(() => {
		const present = [...everyone.values()].filter((p) => here.has(p.id));
		return [...present.filter((p) => p.id === me), ...present.filter((p) => p.id !== me)];
	}, [everyone, here, me]);
}
