/* typeline.tsx - a line under the output, to type into a program that runs: Enter sends it, Ctrl-D ends the input. */
import { useState, type KeyboardEvent } from "react";
import { answer, api } from "../../api/client";
import { asProblem } from "../../api/problem";
import type { Run } from "../../api/types";
import styles from "./typeline.module.css";

export function TypeLine({ run }: { run: Run }) {
	const [text, setText] = useState("");
	const [ended, setEnded] = useState(false);
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState<string | null>(null);

	/* What was not taken stays in the field. */
	async function send(data: string, eof: boolean) {
		setBusy(true);
		try {
			await answer(api.POST("/api/runs/{run}/input", { params: { path: { run: run.id } }, body: { data, ...(eof ? { eof } : {}) } }));
			setText("");
			setError(null);
			setEnded(eof);
		} catch (e) {
			setError(asProblem(e).message);
		}
		setBusy(false);
	}

	function onKeyDown(event: KeyboardEvent) {
		const eof = event.ctrlKey && event.key.toLowerCase() === "d";
		const line = event.key === "Enter" && !event.ctrlKey && !event.metaKey && !event.nativeEvent.isComposing;
		if ((!eof && !line) || busy)
			return;
		event.preventDefault();
		void send(eof ? text : `${text}\n`, eof);
	}

	if (ended)
		return <p className={styles.note}>Its input has ended.</p>;
	return (
		<div className={styles.line}>
			<label htmlFor="typed" className={styles.mark} aria-hidden="true">›</label>
			<input id="typed" className={styles.field} aria-label="Type into the program" placeholder="Type into the program" value={text} maxLength={4000} autoComplete="off" autoCapitalize="off" spellCheck={false} enterKeyHint="send" readOnly={busy}
				onChange={(e) => setText(e.target.value)} onKeyDown={onKeyDown} aria-describedby="typed-help" />
			<span id="typed-help" className={error ? styles.error : styles.help} role={error ? "alert" : undefined}>{error ?? <><kbd>Enter</kbd> sends <kbd>Ctrl D</kbd> ends</>}</span>
		</div>
	);
}
