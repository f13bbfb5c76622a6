/* renamedialog.tsx - another title for the room; everyone sees it. */
import { overall, useForm } from "../../lib/form";
import { doorwayStyles } from "../../pages/doorway";
import { Button } from "../../ui/button";
import { Dialog, DialogActions } from "../../ui/dialog";
import { Field } from "../../ui/field";
import { Notice } from "../../ui/notice";
import { useHere, useRoom } from "../context";

export function RenameDialog({ onClose }: { onClose: () => void }) {
	const { session } = useHere();
	const { title } = useRoom();
	const form = useForm(async (data) => {
		await session.change({ title: data("title").trim() });
		onClose();
	});
	const problem = overall(form.error, "title");

	return (
		<Dialog title="Rename the room" onClose={onClose}>
			<form className={doorwayStyles["form"]} onSubmit={form.submit} noValidate>
				{problem ? <Notice tone="danger">{problem}</Notice> : null}
				<Field label="Title" name="title" maxLength={120} defaultValue={title} autoComplete="off" error={form.error?.field("title")} />
				<DialogActions>
					<Button onClick={onClose}>Cancel</Button>
					<Button look="primary" type="submit" busy={form.busy}>Rename</Button>
				</DialogActions>
			</form>
		</Dialog>
	);
}
