/*
 * submit.ts - run or test the room's files, or stop what runs.
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

function start({ session, document: doc, runs }: Here, tab: "output" | "tests"): void {
	const { room } = session.state.get();
	if (!room || runs.state.get().submitting)
		return;
	const main = mainFile(languages.get().list, room.language);
	const files = shownFiles(main, doc.state.get().paths)
		.map((path) => ({ path, content: doc.text(path).toString() }))
		.filter(({ path, content }) => path === main || content !== "");
	fold("sideOpen", true);
	showPane("output");
	showTab(tab);
	const text = input.get().text;
	void runs.submit(room.language, doc.saved(SAVED_WITHIN_MS).then((saved) => (saved ? { document: true } : { files })),
		tab === "tests" ? { test: true } : text === "" ? {} : { input: text });
}

export function runNow(here: Here): void {
	start(here, "output");
}

export function testNow(here: Here): void {
	start(here, "tests");
}

export function stopNow({ runs }: Here): void {
	const active = runs.state.get().list.find(isActive) ?? shownRun(runs.state.get());
	if (active && isActive(active))
		void runs.cancel(active.id);
}
