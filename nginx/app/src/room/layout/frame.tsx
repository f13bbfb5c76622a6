/*
 * frame.tsx - the room as a whole: bar, code, results and chat, status.
 *
 * Wide: the editor and a side pane with a line to drag between them. On a phone one pane at a
 * time, chosen at the bottom; the editor stays mounted, so that nothing of it is lost meanwhile.
 */
import { Suspense, lazy, useCallback, useEffect, useMemo, useState, type CSSProperties } from "react";
import { timeOfDay } from "../../lib/format";
import { usePhone } from "../../lib/media";
import { useStore } from "../../lib/store";
import { languages } from "../../session/languages";
import { Notice } from "../../ui/notice";
import { useHere, useRights, useRoom } from "../context";
import { grammarOf } from "../editor/grammar";
import { FileBar } from "../files/filebar";
import { mainFile, shownFiles } from "../files/names";
import { Starter } from "../files/starter";
import { Share } from "../share/share";
import { Shortcuts } from "../status/shortcuts";
import { StatusBar } from "../status/statusbar";
import { EndDialog } from "./enddialog";
import { fold, layout, resize, SIDE } from "./layout";
import { PhoneBar } from "./phonebar";
import { RenameDialog } from "./renamedialog";
import { PhonePane, SidePane } from "./side";
import { Splitter } from "./splitter";
import { loadEditor } from "../../pages/lazy";
import { SymbolRow } from "./symbols";
import { TopBar } from "./topbar";
import { useShortcuts } from "./shortcuts";
import { followViewport } from "./viewport";
import styles from "./frame.module.css";

const Editor = lazy(async () => ({ default: (await loadEditor()).Editor }));

type Asking = "share" | "help" | "rename" | "end" | "leave" | null;

export function RoomFrame() {
	const here = useHere();
	const room = useRoom();
	const { edit } = useRights();
	const phone = usePhone();
	const { side, sideOpen, pane } = useStore(layout, (s) => s);
	const [asking, setAsking] = useState<Asking>(null);
	const help = useCallback(() => setAsking("help"), []);
	const close = useCallback(() => setAsking(null), []);
	const { files, main, open, onOpen } = useFiles();

	useShortcuts(here, edit, help);
	useEffect(() => followViewport(), []);
	useEffect(() => {
		document.title = `${room.title} · Viva`;
	}, [room.title]);

	const showCode = !phone || pane === "code";
	return (
		<div className={styles.frame} style={{ "--side": `${side}px` } as CSSProperties}>
			<TopBar onShare={() => setAsking("share")} onAsk={setAsking} />
			{room.ended_at ? <div className={styles.banner}><Notice tone="warn">The interview ended at {timeOfDay(room.ended_at)}. You can read everything; nothing can be changed.</Notice></div> : null}
			<main className={styles.main} data-side={(sideOpen && !phone) || undefined}>
				<section className={styles.code} data-region="code" aria-label="Code" hidden={!showCode}>
					<FileBar files={files} main={main} open={open} onOpen={onOpen} />
					<div id="editor" role="tabpanel" aria-label={open ?? "Code"} className={styles.editor}><Suspense fallback={null}>{open ? <Editor key={open} path={open} /> : null}</Suspense>{open ? <Starter key={open} path={open} /> : null}</div>
					{phone && edit ? <SymbolRow /> : null}
				</section>
				{!phone && sideOpen ? (
					<>
						<Splitter direction="vertical" label="Width of results and chat" controls="side" value={side} bounds={SIDE} onResize={(to) => resize("side", to)} onFold={() => fold("sideOpen", false)} />
						<SidePane onShare={() => setAsking("share")} />
					</>
				) : null}
				{phone && pane !== "code" ? <PhonePane pane={pane} onShare={() => setAsking("share")} /> : null}
			</main>
			{phone ? <PhoneBar /> : <StatusBar indent={open ? grammarOf(open).indent : 4} onHelp={help} />}
			{asking === "share" ? <Share onClose={close} /> : null}
			{asking === "rename" ? <RenameDialog onClose={close} /> : null}
			{asking === "help" ? <Shortcuts onClose={close} /> : null}
			{asking === "end" || asking === "leave" ? <EndDialog what={asking} onClose={close} /> : null}
		</div>
	);
}

/* The file that is open. A change of language moves those who looked at the old main file to the new one. */
function useFiles() {
	const { document: doc } = useHere();
	const { language } = useRoom();
	const list = useStore(languages, (s) => s.list);
	const paths = useStore(doc.state, (s) => s.paths);
	const [chosen, setChosen] = useState<string | null>(null);
	const main = mainFile(list, language);
	const mains = useMemo(() => new Set(list.map((l) => l.file)), [list]);
	const files = useMemo(() => shownFiles(main, paths), [main, paths]);

	useEffect(() => {
		setChosen((now) => (now !== null && mains.has(now) ? null : now));
	}, [language, mains]);

	const open = chosen !== null && files.includes(chosen) ? chosen : main ?? files[0] ?? null;
	return { files, main, open, onOpen: setChosen };
}
