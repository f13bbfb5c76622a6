/* signin.tsx - /signin: e-mail and password, then where one wanted to go. */
import { useEffect } from "react";
import { answer, api } from "../api/client";
import { overall, useForm } from "../lib/form";
import { Link, navigate } from "../lib/router";
import { useStore } from "../lib/store";
import { enter } from "../session/session";
import { loadWays, ways } from "../session/ways";
import { Button } from "../ui/button";
import { Field } from "../ui/field";
import { Notice } from "../ui/notice";
import { Doorway, doorwayStyles } from "./doorway";

/* Only a path of our own: a link must not send anyone elsewhere. */
export function wanted(): string {
	const next = new URLSearchParams(location.search).get("next") ?? "/";
	return /^\/(?![/\\])/.test(next) ? next : "/";
}

export function SignIn() {
	const form = useForm(async (data) => {
		enter(await answer(api.POST("/api/auth/signin", { body: { email: data("email").trim(), password: data("password") } })));
		navigate(wanted(), { replace: true });
	});
	const problem = overall(form.error, "email", "password");
	const recover = useStore(ways, (w) => w.recover);
	useEffect(loadWays, []);

	return (
		<Doorway title="Sign in" foot={<>New here? <Link href={`/signup${location.search}`}>Open an account</Link>. Invited to a room? Just open the link you were sent.</>}>
			<form className={doorwayStyles["form"]} onSubmit={form.submit} noValidate>
				{problem ? <Notice tone="danger">{problem}</Notice> : null}
				<Field label="E-mail" name="email" type="email" autoComplete="username" required autoFocus error={form.error?.field("email")} />
				<Field label="Password" name="password" type="password" autoComplete="current-password" required error={form.error?.field("password")} />
				<Button look="primary" large type="submit" busy={form.busy}>Sign in</Button>
				{recover ? <p className={doorwayStyles["foot"]}><Link href="/forgot">Forgot your password?</Link></p> : null}
			</form>
		</Doorway>
	);
}
