/*
 * caseeditor.tsx - interviewers write the room's test cases: all of them at once, saved as one.
 *
 * What the server refuses is shown at the field it names, "/cases/2/input".
 */
import { useId, useRef, useState, type FormEvent } from "react";
import { asProblem, type ProblemError } from "../../api/problem";
import type { TestCase, TestCaseNew } from "../../api/types";
import { announce } from "../../lib/announce";
import { count } from "../../lib/format";
import { Button } from "../../ui/button";
import { Field } from "../../ui/field";
import { Icon } from "../../ui/icon";
import { Notice } from "../../ui/notice";
import { useHere } from "../context";
import styles from "./caseeditor.module.css";

const MOST = 20;
const LONGEST = 65536;

interface Draft {
	key: number;
	name: string;
	input: string;
	expected: string;
	hidden: boolean;
}

let keys = 0;

function draft(of?: TestCase): Draft {
	return { key: keys++, name: of?.name ?? "", input: of?.input ?? "", expected: of?.expected ?? "", hidden: of?.hidden ?? false };
}

function written({ name, input, expected, hidden }: Draft): TestCaseNew {
	return { ...(name.trim() === "" ? {} : { name: name.trim() }), input, expected, hidden };
}

export function CaseEditor({ list, onClose }: { list: TestCase[]; onClose: () => void }) {
	const { cases } = useHere();
	const form = useRef<HTMLFormElement>(null);
	const [drafts, setDrafts] = useState<Draft[]>(() => (list.length > 0 ? list.map(draft) : [draft()]));
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState<ProblemError | null>(null);
	const pointer = error?.problem.errors?.[0]?.pointer ?? "";

	async function save(event: FormEvent) {
		event.preventDefault();
		setBusy(true);
		setError(null);
		try {
			await cases.save(drafts.map(written));
			announce(`${count(drafts.length, "test case")} saved`);
			onClose();
		} catch (e) {
			setError(asProblem(e));
			setBusy(false);
			requestAnimationFrame(() => form.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus());
		}
	}

	function change(key: number, to: Partial<Draft>) {
		setDrafts((all) => all.map((d) => (d.key === key ? { ...d, ...to } : d)));
	}

	return (
		<form ref={form} className={styles.form} noValidate aria-label="Test cases" onSubmit={(e) => void save(e)}>
			<ol className={styles.list}>
				{drafts.map((d, i) => (
					<Fields key={d.key} draft={d} number={i + 1} wrong={(field) => error?.field(`cases/${i}/${field}`) ?? null}
						onChange={(to) => change(d.key, to)} onRemove={() => setDrafts((all) => all.filter((x) => x.key !== d.key))} />
				))}
			</ol>
			{error && !/^\/cases\/\d+\//.test(pointer) ? <Notice tone="danger">{error.field("cases") ?? error.message}</Notice> : null}
			<div className={styles.actions}>
				<Button disabled={drafts.length >= MOST} onClick={() => setDrafts((all) => [...all, draft()])}><Icon name="plus" size={14} />Add a case</Button>
				<span className={styles.space} />
				<Button onClick={onClose}>Cancel</Button>
				<Button type="submit" look="primary" busy={busy}>Save</Button>
			</div>
		</form>
	);
}

interface FieldsProps {
	draft: Draft;
	number: number;
	wrong: (field: string) => string | null;
	onChange: (to: Partial<Draft>) => void;
	onRemove: () => void;
}

function Fields({ draft: d, number, wrong, onChange, onRemove }: FieldsProps) {
	return (
		<li className={styles.case}>
			<fieldset className={styles.fields}>
				<legend className="quiet">Case {number}</legend>
				<div className={styles.head}>
					<Field label={`Name of case ${number}`} value={d.name} maxLength={80} placeholder="optional" error={wrong("name")} onChange={(e) => onChange({ name: e.target.value })} />
					<Button look="bare" aria-label={`Remove case ${number}`} onClick={onRemove}><Icon name="close" size={14} /></Button>
				</div>
				<Text label="Input" value={d.input} error={wrong("input")} onChange={(input) => onChange({ input })} />
				<Text label="Expected output" value={d.expected} error={wrong("expected")} onChange={(expected) => onChange({ expected })} />
				<label className={styles.check}>
					<input type="checkbox" checked={d.hidden} onChange={(e) => onChange({ hidden: e.target.checked })} />
					Hidden: candidates see only whether it passed
				</label>
			</fieldset>
		</li>
	);
}

function Text({ label, value, error, onChange }: { label: string; value: string; error: string | null; onChange: (to: string) => void }) {
	const id = useId();
	return (
		<div className={styles.text}>
			<label htmlFor={id}>{label}</label>
			<textarea id={id} value={value} rows={3} maxLength={LONGEST} spellCheck={false} aria-invalid={error ? true : undefined}
				aria-describedby={error ? `${id}-error` : undefined} onChange={(e) => onChange(e.target.value)} />
			{error ? <p id={`${id}-error`} className={styles.error}>{error}</p> : null}
		</div>
	);
}
