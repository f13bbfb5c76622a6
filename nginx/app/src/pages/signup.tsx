/* signup.tsx - /signup: open an account. */
import { answer, api } from "../api/client";
import { overall, useForm } from "../lib/form";
import { Link, navigate } from "../lib/router";
import { enter } from "../session/session";
import { Button } from "../ui/button";
import { Field } from "../ui/field";
import { Notice } from "../ui/notice";
import { Doorway, doorwayStyles } from "./doorway";
import { wanted } from "./signin";

export function SignUp() {
	const form = useForm(async (data) => {
		const body = { email: data("email").trim(), password: data("password"), name: data("name").trim() };
		enter(await answer(api.POST("/api/auth/signup", { body })));
		navigate(wanted(), { replace: true });
	});
	const problem = overall(form.error, "email", "password", "name");

	return (
		<Doorway title="Open an account" foot={<>Have one? <Link href={`/signin${location.search}`}>Sign in</Link>.</>}>
			<form className={doorwayStyles["form"]} onSubmit={form.submit} noValidate>
				{problem ? <Notice tone="danger">{problem}</Notice> : null}
				<Field label="Name" name="name" autoComplete="name" required autoFocus maxLength={80} hint="What others see in a room." error={form.error?.field("name")} />
				<Field label="E-mail" name="email" type="email" autoComplete="username" required error={form.error?.field("email")} />
				<Field label="Password" name="password" type="password" autoComplete="new-password" required hint="At least 8 characters. A sentence is fine." error={form.error?.field("password")} />
				<Button look="primary" large type="submit" busy={form.busy}>Open an account</Button>
			</form>
		</Doorway>
	);
}
