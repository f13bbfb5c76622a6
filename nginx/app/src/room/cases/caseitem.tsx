/* caseitem.tsx - one test case: its verdict, time and memory; opened, what it reads, expects and got. */
import { useState } from "react";
import type { CaseVerdict, RunCase } from "../../api/types";
import { kilobytes, milliseconds } from "../../lib/format";
import { Icon } from "../../ui/icon";
import line from "../run/runline.module.css";
import { pairs } from "./lines";
import { caseTitle, caseVerdict } from "./words";
import styles from "./caseitem.module.css";

/* `verdict` null: it has not been part of a run; `now`: it is the one that runs. */
export function CaseItem({ item, ran, now }: { item: RunCase; ran: boolean; now: boolean }) {
	const [open, setOpen] = useState(false);
	const { verdict } = item;
	const readable = item.input !== undefined;

	return (
		<li className={styles.item} data-case={verdict.number} data-status={ran ? verdict.status : undefined}>
			<button type="button" className={styles.head} aria-expanded={readable ? open : undefined} disabled={!readable} onClick={() => setOpen(!open)}>
				<Word verdict={verdict} ran={ran} now={now} />
				<span className={styles.title}>{caseTitle(verdict)}</span>
				{verdict.hidden ? <span className={styles.hidden}><Icon name="eye" size={12} />hidden</span> : null}
				<span className={styles.figures}>
					{verdict.wall_ms === undefined ? null : <span title="time">{milliseconds(verdict.wall_ms)}</span>}
					{verdict.memory_kb ? <span title="peak memory">{kilobytes(verdict.memory_kb)}</span> : null}
				</span>
				{readable ? <Icon name={open ? "up" : "down"} size={12} /> : null}
			</button>
			{open && readable ? <Detail item={item} /> : null}
		</li>
	);
}

function Word({ verdict, ran, now }: { verdict: CaseVerdict; ran: boolean; now: boolean }) {
	if (!ran)
		return null;
	const { text, tone } = now ? { text: "running", tone: "busy" } : caseVerdict(verdict);
	return <span className={`${styles.word} ${line["verdict"]} ${line[tone]}`}>{text}</span>;
}

function Detail({ item }: { item: RunCase }) {
	return (
		<div className={styles.detail}>
			<Text title="Input" text={item.input ?? ""} />
			{item.output === undefined || item.verdict.status === "ok"
				? <Text title="Expected" text={item.expected ?? ""} />
				: <Difference expected={item.expected ?? ""} got={item.output} />}
			{item.errors ? <Text title="Errors" text={item.errors} /> : null}
			{item.cut ? <p className={styles.quiet}>It printed more than is shown here.</p> : null}
		</div>
	);
}

function Text({ title, text }: { title: string; text: string }) {
	return (
		<section>
			<h2 className={styles.label}>{title}</h2>
			{text === "" ? <p className={styles.quiet}>nothing</p> : <pre className={styles.text} tabIndex={0} aria-label={title}>{text}</pre>}
		</section>
	);
}

function Difference({ expected, got }: { expected: string; got: string }) {
	const { lines, more } = pairs(expected, got);
	return (
		<div className={styles.frame} tabIndex={0} role="group" aria-label="Expected and printed">
			<table className={styles.table}>
				<thead><tr><th scope="col" className={styles.number}>Line</th><th scope="col">Expected</th><th scope="col">Printed</th></tr></thead>
				<tbody>
					{lines.map((l) => (
						<tr key={l.number} className={l.same ? undefined : styles.differs}>
							<th scope="row" className={styles.number}>{l.number}{l.same ? null : <span className="quiet"> differs</span>}</th>
							<td>{l.expected ?? <i>no line</i>}</td>
							<td>{l.got ?? <i>no line</i>}</td>
						</tr>
					))}
					{lines.length === 0 ? <tr><td colSpan={3} className={styles.quiet}>Nothing was expected, and nothing printed.</td></tr> : null}
				</tbody>
			</table>
			{more > 0 ? <p className={styles.quiet}>and {more} more lines</p> : null}
		</div>
	);
}
