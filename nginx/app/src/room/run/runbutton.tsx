/* runbutton.tsx - the one thing to press: Run, or Stop while something runs. */
import { keyNames } from "../../lib/keys";
import { useStore } from "../../lib/store";
import { Button } from "../../ui/button";
import { Icon } from "../../ui/icon";
import { useHere, useRights } from "../context";
import { isActive } from "./runs";
import { runNow, stopNow } from "./submit";
import styles from "./runbutton.module.css";

export function RunButton() {
	const here = useHere();
	const { edit } = useRights();
	const active = useStore(here.runs.state, (s) => s.list.some(isActive));
	const submitting = useStore(here.runs.state, (s) => s.submitting);

	if (!edit)
		return null;
	if (active && !submitting)
		return <Button className={styles.button} title={`Stop (${keyNames.stop})`} onClick={() => stopNow(here)}><Icon name="stop" size={14} />Stop<kbd>{keyNames.stop}</kbd></Button>;
	return <Button look="primary" className={styles.button} busy={submitting} title={`Run (${keyNames.run})`} onClick={() => runNow(here)}>Run<kbd>{keyNames.run}</kbd></Button>;
}
