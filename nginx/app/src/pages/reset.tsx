/* reset.tsx - /reset#TOKEN: the link from a mail sets a new password, once, and signs in. */
import { answer, api } from "../api/client";
import { overall, useForm } from "../lib/form";
import { Link, fragmentToken, navigate } from "../lib/router";
import { enter } from "../session/session";
import { Button } from "../ui/button";
import { Field } from "../ui/field";
import { Notice } from "../ui/notice";
import { Doorway, doorwayStyles } from "./doorway";

export function Reset() {
	const token = fragmentToken();
	const form = useForm(async (data) => {
		enter(await answer(api.POST("/api/auth/reset", { body: { token: token ?? "", password: data("password") } })));
		navigate("/", { replace: true });
	});
	const problem = overall(form.error, "password");

	if (token === null || form.error?.problem.status === 410 || form.error?.field("token"))
		return (
			<Doorway title="This link does not work any more" lead={<Why said={form.error?.message ?? ""} />}
				foot={<><Link href="/forgot">Ask for another link</Link>, or <Link href="/signin">sign in</Link>.</>} />
		);
	return (
		<Doorway title="Set a new password" lead="Whoever is signed in to your account elsewhere will be signed out.">
			<form className={doorwayStyles["form"]} onSubmit={form.submit} noValidate>
				{problem ? <Notice tone="danger">{problem}</Notice> : null}
				<Field label="New password" name="password" type="password" autoComplete="new-password" required autoFocus hint="At least 8 characters. A sentence is fine." error={form.error?.field("password")} />
				<Button look="primary" large type="submit" busy={form.busy}>Set the password</Button>
			</form>
		</Doorway>
	);
}

function Why({ said }: { said: string }) {
	if (/used/.test(said))
		return <>A link works once, and this one, or another one, was used. If that was you, sign in with the new password.</>;
	return <>Links work for 30 minutes, and no longer once your address or password has changed.</>;
}
