/* testspane.tsx - the room's test cases and how the last test run did; interviewers edit them here. */
import { useEffect, useState } from "react";
import type { Run, RunCase, TestCase } from "../../api/types";
import { count } from "../../lib/format";
import { useStore } from "../../lib/store";
import { Button } from "../../ui/button";
import { Late } from "../../ui/late";
import { Notice } from "../../ui/notice";
import { useHere, useRights } from "../context";
import { RunLine } from "../run/runline";
import { isActive } from "../run/runs";
import { testNow } from "../run/submit";
import { CaseEditor } from "./caseeditor";
import { CaseItem } from "./caseitem";
import { testRun } from "./testrun";
import styles from "./testspane.module.css";

export function TestsPane() {
	const { cases, runs } = useHere();
	const { invite: hosts } = useRights();
	const list = useStore(cases.state, (s) => s.list);
	const error = useStore(cases.state, (s) => s.error);
	const refused = useStore(runs.state, (s) => s.error);
	const run = useStore(runs.state, testRun);
	const [editing, setEditing] = useState(false);

	useEffect(() => {
		if (run)
			cases.want(run);
	}, [cases, run]);

	if (list && editing && hosts)
		return <div className={styles.pane}><CaseEditor list={list} onClose={() => setEditing(false)} /></div>;
	return (
		<div className={styles.pane}>
			{error ? <div className={styles.notice}><Notice tone="danger" action={<Button onClick={() => void cases.catchUp()}>Try again</Button>}>{error.message}</Notice></div> : null}
			{refused ? <div className={styles.notice}><Notice tone="danger" action={<Button onClick={() => runs.dismiss()}>Close</Button>}>{refused.message}</Notice></div> : null}
			{list ? <Known list={list} run={run} onEdit={hosts ? () => setEditing(true) : null} /> : error ? null : <Late><p className={styles.empty}>Fetching the test cases</p></Late>}
		</div>
	);
}

function Known({ list, run, onEdit }: { list: TestCase[]; run: Run | undefined; onEdit: (() => void) | null }) {
	if (list.length === 0 && !run)
		return <Empty onEdit={onEdit} />;
	return (
		<>
			<Actions list={list} onEdit={onEdit} />
			{run ? <Results run={run} list={list} /> : <ol className={styles.list}>{list.map((c) => <CaseItem key={c.number} item={unrun(c)} ran={false} now={false} />)}</ol>}
		</>
	);
}

function Empty({ onEdit }: { onEdit: (() => void) | null }) {
	return (
		<div className={styles.empty}>
			<p>{onEdit ? "No test cases yet. The program runs once for each, and what it prints is compared." : "This room has no test cases."}</p>
			{onEdit ? <Button onClick={onEdit}>Write test cases</Button> : null}
		</div>
	);
}

function Actions({ list, onEdit }: { list: TestCase[]; onEdit: (() => void) | null }) {
	const here = useHere();
	const { edit } = useRights();
	const busy = useStore(here.runs.state, (s) => s.submitting || s.list.some(isActive));
	const hidden = list.filter((c) => c.hidden).length;

	return (
		<div className={styles.actions}>
			<span className={styles.count}>{count(list.length, "case")}{hidden > 0 ? `, ${hidden} hidden` : ""}</span>
			{onEdit ? <Button onClick={onEdit}>Edit</Button> : null}
			{edit && list.length > 0 ? <Button disabled={busy} onClick={() => testNow(here)}>Run tests</Button> : null}
		</div>
	);
}

function Results({ run, list }: { run: Run; list: TestCase[] }) {
	const { cases } = useHere();
	const results = useStore(cases.state, (s) => s.results.get(run.id));
	const now = isActive(run) && run.status === "running" ? next(results) : undefined;

	return (
		<>
			<RunLine run={run} />
			{results && changed(list, results) ? <p className={styles.changed}>The test cases have changed since this run.</p> : null}
			{results
				? <ol className={styles.list}>{results.map((c) => <CaseItem key={c.verdict.number} item={c} ran now={c === now} />)}</ol>
				: <Late><p className={styles.empty}>Fetching the verdicts</p></Late>}
		</>
	);
}

function unrun(c: TestCase): RunCase {
	const { number, name, hidden, ...texts } = c;
	return { verdict: { number, hidden, status: "waiting", ...(name === undefined ? {} : { name }) }, ...texts };
}

/* Visible ones run first, each in the order of their numbers. */
function next(results: RunCase[] | undefined): RunCase | undefined {
	return results?.find((c) => c.verdict.status === "waiting" && !c.verdict.hidden) ?? results?.find((c) => c.verdict.status === "waiting");
}

function changed(list: TestCase[], results: RunCase[]): boolean {
	return list.length !== results.length || list.some((c, i) => {
		const ran = results[i];
		return c.input !== ran?.input || c.expected !== ran?.expected || c.name !== ran?.verdict.name || c.hidden !== ran?.verdict.hidden;
	});
}
