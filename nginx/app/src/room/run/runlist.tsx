/* runlist.tsx - every run of the room, newest first; press one to see what it printed. */
import type { Run } from "../../api/types";
import { milliseconds, timeOfDay } from "../../lib/format";
import { useStore } from "../../lib/store";
import { languages, languageTitle } from "../../session/languages";
import { useHere } from "../context";
import { showTab } from "../layout/layout";
import { useRunner } from "./runline";
import { shownRun } from "./runs";
import { verdict } from "./verdict";
import line from "./runline.module.css";
import styles from "./runlist.module.css";

export function RunList() {
	const { runs } = useHere();
	const list = useStore(runs.state, (s) => s.list);
	const shown = useStore(runs.state, (s) => shownRun(s)?.id);
	if (list.length === 0)
		return <p className={styles.empty}>Runs are listed here, with who ran them and how they ended.</p>;
	return <ol className={styles.list}>{list.map((run) => <Item key={run.id} run={run} shown={run.id === shown} />)}</ol>;
}

function Item({ run, shown }: { run: Run; shown: boolean }) {
	const { runs } = useHere();
	const titles = useStore(languages, (s) => s.list);
	const runner = useRunner(run);
	const { text, tone } = verdict(run);

	function show() {
		runs.pick(run.id);
		showTab("output");
	}

	return (
		<li>
			<button type="button" className={styles.item} aria-current={shown || undefined} onClick={show}>
				<span className={`${line["verdict"]} ${line[tone]}`}>{text}</span>
				<span>{run.wall_ms === undefined ? "" : milliseconds(run.wall_ms)}</span>
				<span className={styles.by}>{languageTitle(titles, run.language)}, {runner}</span>
				<time dateTime={run.created_at}>{timeOfDay(run.created_at)}</time>
			</button>
		</li>
	);
}
