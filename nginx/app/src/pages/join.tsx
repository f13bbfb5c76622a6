/*
 * join.tsx - /join#INVITE: from a link to the caret with one field.
 *
 * Who is signed in joins as that account; anyone else gives a name and becomes a guest of this
 * one room. The room's code is fetched while the name is being typed.
 */
import { useEffect, useState } from "react";
import { answer, api } from "../api/client";
import type { User } from "../api/types";
import { overall, useForm } from "../lib/form";
import { useStore } from "../lib/store";
import { keep, kept } from "../lib/kept";
import { fragmentToken, navigate } from "../lib/router";
import { enter, session, whoAmI } from "../session/session";
import { Button } from "../ui/button";
import { Field } from "../ui/field";
import { Late } from "../ui/late";
import { Notice } from "../ui/notice";
import { Doorway, doorwayStyles } from "./doorway";
import { loadRoom } from "./lazy";

export function Join() {
	const invite = fragmentToken();
	const who = useStore(session, (s) => s.who);
	const [asked, setAsked] = useState(who.kind !== "unknown");

	useEffect(() => {
		loadRoom().catch(() => undefined);
		whoAmI().catch(() => undefined).finally(() => setAsked(true));
	}, []);

	if (invite === null || !/^[\w-]{22}$/.test(invite))
		return <Doorway title="This link is not complete" lead="Open the whole link that you were sent, or ask for a new one." />;
	if (!asked)
		return <Doorway title="Join the room"><Late><p>One moment.</p></Late></Doorway>;
	return <Door invite={invite} account={who.kind === "account" ? who.user : null} />;
}

function Door({ invite, account }: { invite: string; account: User | null }) {
	const form = useForm(async (data) => {
		const name = data("name").trim();
		const body = account === null ? { invite, name } : { invite };
		const joined = await answer(api.POST("/api/join", { body }));
		if (account === null)
			keep("name", name);
		if (!joined.participant)
			throw new Error("the server joined nobody");
		/* An account stays an account, whatever the answer names. */
		enter(account === null ? joined : { ...joined, user: account });
		navigate(`/r/${joined.participant.room}`, { replace: true });
	});

	if (form.error && (form.error.problem.status === 404 || form.error.problem.status === 410 || form.error.field("invite")))
		return <Doorway title="This link no longer works" lead="It has expired, or the interview has ended. Ask whoever invited you for a new one." />;

	return (
		<Doorway title="Join the room" lead={account === null ? "No account is needed." : `You are signed in as ${account.name}.`}>
			<form className={doorwayStyles["form"]} onSubmit={form.submit} noValidate>
				{overall(form.error, "name") ? <Notice tone="danger">{overall(form.error, "name")}</Notice> : null}
				{account === null
					? <Field label="Your name" name="name" autoComplete="name" required autoFocus maxLength={80} defaultValue={kept("name") ?? ""} error={form.error?.field("name")} />
					: null}
				<Button look="primary" large type="submit" busy={form.busy}>{account === null ? "Join" : `Join as ${account.name}`}</Button>
				<ul className={doorwayStyles["facts"]}>
					<li><span className={doorwayStyles["dot"]} aria-hidden="true" />The session is recorded: edits, runs and chat, with your name.</li>
				</ul>
			</form>
		</Doorway>
	);
}
