/* statusbar.tsx - the line at the bottom: the connection, how many are here, where the caret is. */
import { useStore } from "../../lib/store";
import { current } from "../editor/current";
import { usePresent } from "../people/usepeople";
import { Pill } from "./pill";
import styles from "./statusbar.module.css";

export function StatusBar({ indent, onHelp }: { indent: number; onHelp: () => void }) {
	const present = usePresent();
	const { line, column, selected } = useStore(current, (s) => s.position);
	return (
		<footer className={styles.bar}>
			<Pill />
			<span>{present.length} in the room</span>
			<span className={styles.space} />
			<span>Spaces: {indent}</span>
			<span className={styles.position}>{selected > 0 ? `${selected} selected` : `Ln ${line}, Col ${column}`}</span>
			<button type="button" className={styles.help} onClick={onHelp} aria-label="Keyboard shortcuts" title="Keyboard shortcuts (?)">?</button>
		</footer>
	);
}
