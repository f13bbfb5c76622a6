/* filedialog.tsx - the name of a new file, or a new name for one. */
import { useState, type FormEvent } from "react";
import { Button } from "../../ui/button";
import { Dialog, DialogActions } from "../../ui/dialog";
import { Field } from "../../ui/field";
import { doorwayStyles } from "../../pages/doorway";
import { nameProblem } from "./names";

export function FileDialog({ from, taken, onDone, onClose }: { from: string | null; taken: string[]; onDone: (name: string) => void; onClose: () => void }) {
	const [problem, setProblem] = useState<string | null>(null);

	function submit(event: FormEvent<HTMLFormElement>) {
		event.preventDefault();
		const name = String(new FormData(event.currentTarget).get("name") ?? "").trim();
		const wrong = name === from ? null : nameProblem(name, taken);
		setProblem(wrong);
		if (wrong === null && name === from)
			onClose();
		else if (wrong === null)
			onDone(name);
	}

	return (
		<Dialog title={from === null ? "Add a file" : `Rename ${from}`} onClose={onClose}>
			<form className={doorwayStyles["form"]} onSubmit={submit} noValidate>
				<Field label="Name" name="name" autoComplete="off" spellCheck={false} defaultValue={from ?? ""} error={problem} />
				<DialogActions>
					<Button onClick={onClose}>Cancel</Button>
					<Button look="primary" type="submit">{from === null ? "Add" : "Rename"}</Button>
				</DialogActions>
			</form>
		</Dialog>
	);
}
