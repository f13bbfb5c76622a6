/* runline.tsx - how a run stands: its ending, time, memory, and who ran it. */
import type { Run } from "../../api/types";
import { kilobytes, milliseconds } from "../../lib/format";
import { useStore } from "../../lib/store";
import { useHere } from "../context";
import { verdict } from "./verdict";
import styles from "./runline.module.css";

export function useRunner(run: Run): string {
	const { people, session } = useHere();
	const name = useStore(people.state, (s) => s.everyone.get(run.participant)?.name ?? run.name ?? "someone");
	return run.participant === session.state.get().room?.me ? "you" : name;
}

export function RunLine({ run }: { run: Run }) {
	const { text, tone } = verdict(run);
	const runner = useRunner(run);
	return (
		<div className={styles.line} data-run={run.id} data-status={run.status}>
			<span className={`${styles.verdict} ${styles[tone]}`}>{text}</span>
			{run.wall_ms !== undefined ? <span title="time">{milliseconds(run.wall_ms)}</span> : null}
			{run.memory_kb !== undefined && run.memory_kb > 0 ? <span title="peak memory">{kilobytes(run.memory_kb)}</span> : null}
			<span className={styles.space} />
			<span className={styles.who}>run by {runner}</span>
		</div>
	);
}
