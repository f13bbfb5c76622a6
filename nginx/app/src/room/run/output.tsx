/* output.tsx - the run that is shown: the newest, or the one picked from the list. */
import { keyNames } from "../../lib/keys";
import { milliseconds } from "../../lib/format";
import type { Run } from "../../api/types";
import { useStore } from "../../lib/store";
import { Button } from "../../ui/button";
import { Notice } from "../../ui/notice";
import { useHere, useRights } from "../context";
import { RunLine } from "./runline";
import { isActive, shownRun } from "./runs";
import { Transcript } from "./transcript";
import { TypeLine } from "./typeline";
import styles from "./output.module.css";

const nothing: never[] = [];

export function OutputPane() {
	const { runs } = useHere();
	const { edit } = useRights();
	const run = useStore(runs.state, (s) => shownRun(s));
	const chunks = useStore(runs.state, (s) => s.outputs.get(run?.id ?? "")?.chunks ?? nothing);
	const done = useStore(runs.state, (s) => s.outputs.get(run?.id ?? "")?.done ?? false);
	const error = useStore(runs.state, (s) => s.error);
	const older = useStore(runs.state, (s) => s.picked !== null && s.list[0]?.id !== s.picked);

	return (
		<div className={styles.pane}>
			{error ? <div className={styles.notice}><Notice tone="danger" action={<Button onClick={() => runs.dismiss()}>Close</Button>}>{error.field("files") ?? error.message}</Notice></div> : null}
			{run ? <RunLine run={run} /> : null}
			{older ? <button type="button" className={styles.older} onClick={() => runs.pick(null)}>An earlier run. Show the newest</button> : null}
			{run
				? <Transcript key={run.id} chunks={chunks} ending={ending(run, done || run.ended_at !== undefined, chunks.length > 0)} />
				: <p className={styles.empty}>{edit ? <>Nothing has run yet. Press <kbd>{keyNames.run}</kbd> or Run.</> : "Nothing has run yet."}</p>}
			{run?.interactive && edit && isActive(run) ? <TypeLine key={`type into ${run.id}`} run={run} /> : null}
		</div>
	);
}

/* The line after the last line. */
function ending(run: Run, complete: boolean, printed: boolean): string | null {
	if (isActive(run) || !complete)
		return null;
	if (run.detail)
		return run.detail;
	const time = run.wall_ms === undefined ? "" : ` in ${milliseconds(run.wall_ms)}`;
	return printed ? `finished${time}` : `finished${time}, printed nothing`;
}
