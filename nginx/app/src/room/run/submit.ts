/*
 * submit.ts - run the room's files, or stop what runs.
 *
 * Run are the files that the server has, as soon as it has everything that was typed here: so everyone runs the same, and
 * the run is of what the log holds. Where that cannot be waited for, it is what this screen shows.
 */
import { languages } from "../../session/languages";
import { mainFile, shownFiles } from "../files/names";
import { fold, showPane, showTab } from "../layout/layout";
import type { Here } from "../context";
import { input } from "./input";
import { isActive, shownRun } from "./runs";

const SAVED_WITHIN_MS = 3000;

export function runNow({ session, document: doc, runs }: Here): void {
	const { room } = session.state.get();
	if (!room || runs.state.get().submitting)
		return;
	const main = mainFile(languages.get().list, room.language);
	const files = shownFiles(main, doc.state.get().paths)
		.map((path) => ({ path, content: doc.text(path).toString() }))
		.filter(({ path, content }) => path === main || content !== "");
	fold("sideOpen", true);
	showPane("output");
	showTab("output");
	void runs.submit(room.language, doc.saved(SAVED_WITHIN_MS).then((saved) => (saved ? { document: true } : { files })), input.get().text);
}

export function stopNow({ runs }: Here): void {
	const active = runs.state.get().list.find(isActive) ?? shownRun(runs.state.get());
	if (active && isActive(active))
		void runs.cancel(active.id);
}
