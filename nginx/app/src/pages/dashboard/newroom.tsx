/* newroom.tsx - what a room needs to begin: a title and a language. */
import { answer, api } from "../../api/client";
import { overall, useForm } from "../../lib/form";
import { keep, kept } from "../../lib/kept";
import { navigate } from "../../lib/router";
import { useStore } from "../../lib/store";
import { languages, usualLanguage } from "../../session/languages";
import { Button } from "../../ui/button";
import { Dialog, DialogActions } from "../../ui/dialog";
import { Choice, Field } from "../../ui/field";
import { Notice } from "../../ui/notice";
import { doorwayStyles } from "../doorway";

export function NewRoom({ onClose }: { onClose: () => void }) {
	const list = useStore(languages, (s) => s.list);
	const form = useForm(async (data) => {
		const language = data("language");
		const body = { title: data("title").trim() || "Untitled room", ...(language ? { language } : {}) };
		const room = await answer(api.POST("/api/rooms", { body }));
		keep("language", language || null);
		navigate(`/r/${room.id}`);
	});
	const problem = overall(form.error, "title", "language");

	return (
		<Dialog title="New room" onClose={onClose}>
			<form className={doorwayStyles["form"]} onSubmit={form.submit} noValidate>
				{problem ? <Notice tone="danger">{problem}</Notice> : null}
				<Field label="Title" name="title" maxLength={120} placeholder="Backend engineer · second round" error={form.error?.field("title")} />
				{list.length > 0 ? (
					<Choice label="Language" name="language" defaultValue={usualLanguage(list, kept("language"))} hint="It can be changed in the room." error={form.error?.field("language")}>
						{list.map((l) => <option key={l.name} value={l.name}>{l.ready ? l.title : `${l.title} (being prepared)`}</option>)}
					</Choice>
				) : null}
				<DialogActions>
					<Button onClick={onClose}>Cancel</Button>
					<Button look="primary" type="submit" busy={form.busy}>Open the room</Button>
				</DialogActions>
			</form>
		</Dialog>
	);
}
