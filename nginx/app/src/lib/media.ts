/* media.ts - a media query as a value. */
import { useSyncExternalStore } from "react";

export function useMedia(query: string): boolean {
	const list = matchMedia(query);
	return useSyncExternalStore(
		(listener) => {
			list.addEventListener("change", listener);
			return () => list.removeEventListener("change", listener);
		},
		() => list.matches,
	);
}

export const usePhone = () => useMedia("(max-width: 640px)");
