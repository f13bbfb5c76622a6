/*
 * first.tsx - /first#TOKEN: the link that `make run` prints signs the owner in, once.
 *
 * The token is spent by the first POST, so it is sent from a module-level promise: a component
 * that is mounted twice must not spend it twice.
 */
import { useEffect, useState } from "react";
import { answer, api } from "../api/client";
import { asProblem, type ProblemError } from "../api/problem";
import { Link, fragmentToken, navigate } from "../lib/router";
import { enter } from "../session/session";
import { Button } from "../ui/button";
import { Late } from "../ui/late";
import { Notice } from "../ui/notice";
import { Doorway } from "./doorway";

let spending: Promise<void> | null = null;

async function spend(token: string): Promise<void> {
	enter(await answer(api.POST("/api/auth/first", { body: { token } })));
	navigate("/", { replace: true });
}

export function First() {
	const token = fragmentToken();
	const [error, setError] = useState<ProblemError | null>(null);

	useEffect(() => {
		if (token === null)
			return;
		spending ??= spend(token);
		spending.catch((e: unknown) => {
			spending = null;
			setError(asProblem(e));
		});
	}, [token]);

	if (token !== null && error === null)
		return <Doorway title="Signing you in"><Late><p>One moment.</p></Late></Doorway>;
	if (error?.unreachable && token !== null)
		return (
			<Doorway title="Signing you in">
				<Notice tone="danger" action={<Button onClick={() => { setError(null); spending = null; }}>Try again</Button>}>{error.message}</Notice>
			</Doorway>
		);
	return (
		<Doorway title="This link has been used" lead={<>A first-time link works once and not for long. On the machine that runs Viva, <code>make link</code> prints a new one.</>}
			foot={<>Have a password already? <Link href="/signin">Sign in</Link>.</>} />
	);
}
