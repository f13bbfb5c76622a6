/*
 * forgot.tsx - /forgot: ask for a link by mail, by which a new password is set.
 *
 * The answer is the same for every address, and so are the words: they must not tell who has an account.
 */
import { useState } from "react";
import { answer, api } from "../api/client";
import { overall, useForm } from "../lib/form";
import { Link } from "../lib/router";
import { Button } from "../ui/button";
import { Field } from "../ui/field";
import { Notice } from "../ui/notice";
import { Doorway, doorwayStyles } from "./doorway";

export function Forgot() {
	const [sentTo, setSentTo] = useState<string | null>(null);
	const form = useForm(async (data) => {
		const email = data("email").trim();
		await answer(api.POST("/api/auth/recover", { body: { email } }));
		setSentTo(email);
	});
	const problem = overall(form.error, "email");
	const back = <Link href="/signin">Back to sign in</Link>;

	if (sentTo !== null)
		return (
			<Doorway title="Look at your mail" foot={<>{back}. Nothing has come? Look among what your mail program takes for spam. An address is sent three links an hour at most.</>}>
				<Notice action={<Button onClick={() => setSentTo(null)}>Ask again</Button>}>If there is an account for <strong>{sentTo}</strong>, a link is on its way to it. It works once, for 30 minutes.</Notice>
			</Doorway>
		);
	return (
		<Doorway title="Forgot your password?" lead="We send you a link that lets you set a new one." foot={back}>
			<form className={doorwayStyles["form"]} onSubmit={form.submit} noValidate>
				{problem ? <Notice tone="danger">{problem}</Notice> : null}
				<Field label="E-mail" name="email" type="email" autoComplete="username" required autoFocus error={form.error?.field("email")} />
				<Button look="primary" large type="submit" busy={form.busy}>Send the link</Button>
			</form>
		</Doorway>
	);
}
