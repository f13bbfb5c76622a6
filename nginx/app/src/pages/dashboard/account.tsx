/* account.tsx - one's own name, e-mail and password. Only what was changed is sent. */
import { answer, api } from "../../api/client";
import type { User } from "../../api/types";
import { overall, useForm } from "../../lib/form";
import { changed } from "../../session/session";
import { Button } from "../../ui/button";
import { Dialog, DialogActions } from "../../ui/dialog";
import { Field } from "../../ui/field";
import { Notice } from "../../ui/notice";
import { doorwayStyles } from "../doorway";

export function Account({ user, onClose }: { user: User; onClose: () => void }) {
	const form = useForm(async (data) => {
		const [name, email, password, current] = [data("name").trim(), data("email").trim(), data("password"), data("current")];
		const body = {
			...(name !== user.name ? { name } : {}),
			...(email !== user.email ? { email } : {}),
			...(password !== "" ? { password } : {}),
			...(current !== "" ? { current_password: current } : {}),
		};
		const me = await answer(api.PATCH("/api/me", { body }));
		if (me.user)
			changed(me.user);
		onClose();
	});
	const error = (name: string) => form.error?.field(name);
	const problem = overall(form.error, "name", "email", "password", "current_password");

	return (
		<Dialog title="Your account" onClose={onClose}>
			<form className={doorwayStyles["form"]} onSubmit={form.submit} noValidate>
				{problem ? <Notice tone="danger">{problem}</Notice> : null}
				<Field label="Name" name="name" defaultValue={user.name} autoComplete="name" maxLength={80} error={error("name")} />
				<Field label="E-mail" name="email" type="email" defaultValue={user.email} autoComplete="username" error={error("email")} />
				<Field label="New password" name="password" type="password" autoComplete="new-password" hint={user.has_password ? "Empty: it stays as it is." : "At least 8 characters. A sentence is fine."} error={error("password")} />
				{user.has_password
					? <Field label="Current password" name="current" type="password" autoComplete="current-password" hint="Needed to change e-mail or password." error={error("current_password")} />
					: null}
				<DialogActions>
					<Button onClick={onClose}>Cancel</Button>
					<Button look="primary" type="submit" busy={form.busy}>Save</Button>
				</DialogActions>
			</form>
		</Dialog>
	);
}
