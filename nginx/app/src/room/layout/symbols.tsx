/* symbols.tsx - what a phone's keyboard hides: one row of symbols over it while one types. */
import { useStore } from "../../lib/store";
import { useHere } from "../context";
import { current, editors } from "../editor/current";
import { grammarOf } from "../editor/grammar";
import { Icon } from "../../ui/icon";
import styles from "./symbols.module.css";

const symbols = ["(", ")", "[", "]", "{", "}", ":", ";", "=", "\"", "'", "_", ".", ",", "<", ">", "+", "-", "*", "/", "%", "#", "!", "&", "|", "\\"];

export function SymbolRow() {
	const focused = useStore(current, (s) => s.focused);
	const { document: doc } = useHere();
	if (!focused)
		return null;

	/* Pressing a key here must not take the focus, or the keyboard would go away. */
	const keep = { onPointerDown: (e: { preventDefault(): void }) => e.preventDefault(), tabIndex: -1 };
	const path = editors.path ?? "";
	return (
		<div className={styles.row} role="toolbar" aria-label="Symbols">
			<button type="button" {...keep} onClick={() => editors.insert(" ".repeat(grammarOf(path).indent))}>Tab</button>
			{symbols.map((s) => <button key={s} type="button" {...keep} onClick={() => editors.insert(s)}>{s}</button>)}
			<button type="button" {...keep} aria-label="Undo" onClick={() => doc.undoManager(path).undo()}><Icon name="undo" /></button>
		</div>
	);
}
