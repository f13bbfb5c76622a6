/* field.tsx - a labelled field and what is wrong with it. */
import { useId, type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes } from "react";
import styles from "./field.module.css";

interface Labelled {
	label: string;
	hint?: ReactNode;
	error?: string | null | undefined;
}

function Frame({ id, label, hint, error, children }: Labelled & { id: string; children: ReactNode }) {
	return (
		<div className={styles.frame}>
			<label htmlFor={id}>{label}</label>
			{children}
			{error ? <p id={`${id}-error`} className={styles.error}>{error}</p> : hint ? <p id={`${id}-hint`} className={styles.hint}>{hint}</p> : null}
		</div>
	);
}

function described(id: string, { hint, error }: Labelled) {
	return error ? `${id}-error` : hint ? `${id}-hint` : undefined;
}

export function Field({ label, hint, error, ...rest }: Labelled & InputHTMLAttributes<HTMLInputElement>) {
	const id = useId();
	return (
		<Frame id={id} label={label} hint={hint} error={error}>
			<input id={id} className={styles.field} aria-invalid={error ? true : undefined} aria-describedby={described(id, { label, hint, error })} {...rest} />
		</Frame>
	);
}

export function Choice({ label, hint, error, children, ...rest }: Labelled & SelectHTMLAttributes<HTMLSelectElement>) {
	const id = useId();
	return (
		<Frame id={id} label={label} hint={hint} error={error}>
			<select id={id} className={styles.field} aria-describedby={described(id, { label, hint, error })} {...rest}>{children}</select>
		</Frame>
	);
}
