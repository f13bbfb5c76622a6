/*
 * guard.tsx - pages that need an account, and pages for anyone with a session.
 *
 * Nobody is sent to sign in and brought back afterwards; at a room, where most come by a link, the
 * choice is theirs. A guest belongs to one room and is shown the way there.
 */
import { useEffect, useState, type ReactNode } from "react";
import { asProblem, type ProblemError } from "../api/problem";
import { Link, navigate } from "../lib/router";
import { useStore } from "../lib/store";
import { session, whoAmI } from "../session/session";
import { Button } from "../ui/button";
import { Late } from "../ui/late";
import { Notice } from "../ui/notice";
import { Doorway } from "./doorway";

export function Guard({ guests = false, waiting, children }: { guests?: boolean; waiting: ReactNode; children: ReactNode }) {
	const who = useStore(session, (s) => s.who);
	const [error, setError] = useState<ProblemError | null>(null);
	const [tries, setTries] = useState(0);

	useEffect(() => {
		setError(null);
		whoAmI().catch((e: unknown) => setError(asProblem(e)));
	}, [tries]);

	useEffect(() => {
		if (who.kind === "nobody" && !guests)
			navigate(`/signin?next=${encodeURIComponent(location.pathname)}`, { replace: true });
	}, [who.kind, guests]);

	if (error)
		return (
			<Doorway title="No answer" >
				<Notice tone="danger" action={<Button onClick={() => setTries(tries + 1)}>Try again</Button>}>{error.message}</Notice>
			</Doorway>
		);
	if (who.kind === "nobody" && guests)
		return <SignedOut />;
	if (who.kind === "guest" && !guests)
		return (
			<Doorway title="You are a guest" lead={`You joined one room as ${who.participant.name}. A list of rooms comes with an account.`}
				foot={<><Link href={`/r/${who.participant.room}`}>Back to the room</Link> or <Link href="/signin">sign in</Link>.</>} />
		);
	if (who.kind === "account" || who.kind === "guest")
		return children;
	return <Late>{waiting}</Late>;
}

function SignedOut() {
	const next = encodeURIComponent(location.pathname);
	return (
		<Doorway title="You are not in this room" lead="Open the invite link that you were sent. What you typed here before is saved."
			foot={<>Have an account? <Link href={`/signin?next=${next}`}>Sign in</Link>.</>} />
	);
}
