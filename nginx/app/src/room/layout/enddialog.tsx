/* enddialog.tsx - before the two steps that cannot be taken back: ending the interview, leaving for good. */
import { useState } from "react";
import { asProblem } from "../../api/problem";
import { Button } from "../../ui/button";
import { Dialog, DialogActions } from "../../ui/dialog";
import { Notice } from "../../ui/notice";
import { useHere } from "../context";

const words = {
	end: { title: "End the interview", text: "Nobody can edit or run afterwards. Everyone who is here can still read. This cannot be undone.", go: "End it" },
	leave: { title: "Leave for good", text: "You are taken off the room. To come back you need an invite link.", go: "Leave" },
};

export function EndDialog({ what, onClose }: { what: "end" | "leave"; onClose: () => void }) {
	const { session } = useHere();
	const [busy, setBusy] = useState(false);
	const [problem, setProblem] = useState<string | null>(null);
	const { title, text, go } = words[what];

	async function act() {
		setBusy(true);
		try {
			await (what === "end" ? session.end() : session.leave());
			onClose();
		} catch (e) {
			setProblem(asProblem(e).message);
			setBusy(false);
		}
	}

	return (
		<Dialog title={title} onClose={onClose}>
			<p>{text}</p>
			{problem ? <Notice tone="danger">{problem}</Notice> : null}
			<DialogActions>
				<Button onClick={onClose}>Cancel</Button>
				<Button look="primary" busy={busy} onClick={() => void act()}>{go}</Button>
			</DialogActions>
		</Dialog>
	);
}
