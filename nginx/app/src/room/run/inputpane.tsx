/* inputpane.tsx - the text that the next run reads from standard input. */
import { useStore } from "../../lib/store";
import { useRights, useRoom } from "../context";
import { input, writeInput } from "./input";
import styles from "./inputpane.module.css";

export function InputPane() {
	const { id } = useRoom();
	const { edit } = useRights();
	const text = useStore(input, (s) => s.text);
	return (
		<div className={styles.pane}>
			<label className={styles.label} htmlFor="input">{edit ? "Your next run reads this from standard input. Only you see it. Left empty, you type while it runs." : "Observers do not run code."}</label>
			<textarea id="input" className={styles.text} value={text} maxLength={65536} spellCheck={false} readOnly={!edit} onChange={(e) => writeInput(id, e.target.value)} />
		</div>
	);
}
