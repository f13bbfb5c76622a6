/*
 * form.ts - sending a form: busy while it is away, the problem when it failed.
 *
 *	const form = useForm(async (data) => enter(await answer(api.POST(...))));
 *	<form onSubmit={form.submit}> ... form.busy, form.error?.field("email")
 */
import { useState, type FormEvent } from "react";
import { asProblem, type ProblemError } from "../api/problem";

export interface Form {
	busy: boolean;
	error: ProblemError | null;
	submit: (event: FormEvent<HTMLFormElement>) => void;
}

export function useForm(send: (data: (name: string) => string) => Promise<void>): Form {
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState<ProblemError | null>(null);

	async function go(data: FormData) {
		setBusy(true);
		setError(null);
		try {
			await send((name) => String(data.get(name) ?? ""));
		} catch (e) {
			setError(asProblem(e));
		}
		setBusy(false);
	}

	return {
		busy,
		error,
		submit(event) {
			event.preventDefault();
			if (!busy)
				void go(new FormData(event.currentTarget));
		},
	};
}

/* The problem as a whole, unless every part of it is told beside a field. */
export function overall(error: ProblemError | null, ...fields: string[]): string | null {
	if (!error || fields.some((name) => error.field(name)))
		return null;
	return error.message;
}
