/* announcer.tsx - the app's polite live region. Two spans take turns, so that the same words twice are said twice. */
import { announced } from "../lib/announce";
import { useStore } from "../lib/store";

export function Announcer() {
	const { text, nth } = useStore(announced, (s) => s);
	return (
		<div className="quiet" aria-live="polite" role="status">
			<span>{nth % 2 === 0 ? text : ""}</span>
			<span>{nth % 2 === 1 ? text : ""}</span>
		</div>
	);
}
