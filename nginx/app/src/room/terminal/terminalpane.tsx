/* terminalpane.tsx - the tab with the room's shared terminal: opening it, its screen, and how it stands. */
import { lazy, Suspense, useRef } from "react";
import { languages } from "../../session/languages";
import { usePhone } from "../../lib/media";
import { useStore } from "../../lib/store";
import { loadTerminal } from "../../pages/lazy";
import { Button } from "../../ui/button";
import { Notice } from "../../ui/notice";
import { useHere, useRights, useRoom } from "../context";
import { mainFile, shownFiles } from "../files/names";
import styles from "./terminal.module.css";

const Screen = lazy(async () => ({ default: (await loadTerminal()).Screen }));

/* A guess, until the screen is there and measures. */
function guess(element: HTMLElement | null): { rows: number; columns: number } {
	const { width = 640, height = 400 } = element?.getBoundingClientRect() ?? {};
	return { rows: Math.min(Math.max(Math.floor(height / 17), 10), 60), columns: Math.min(Math.max(Math.floor(width / 8), 40), 160) };
}

export function TerminalPane() {
	const { terminal } = useHere();
	const { edit } = useRights();
	const phone = usePhone();
	const pane = useRef<HTMLDivElement>(null);
	const now = useStore(terminal.state, (s) => s.terminal);
	const loaded = useStore(terminal.state, (s) => s.loaded);
	const error = useStore(terminal.state, (s) => s.error);
	const living = now !== null && now.status !== "ended";

	return (
		<div ref={pane} className={styles.pane}>
			{error ? <div className={styles.notice}><Notice tone="danger">{error.message}</Notice></div> : null}
			{now ? <Line /> : null}
			<div className={styles.body}>
				<Suspense fallback={null}><Screen terminal={terminal} edit={edit && living} /></Suspense>
				{loaded && !now ? <Closed measure={() => guess(pane.current)} /> : null}
			</div>
			{now?.status === "ended" ? <Ended measure={() => guess(pane.current)} /> : null}
			{living && edit ? <p className={styles.hint}>Everyone in the room sees this.{phone ? null : <> <kbd>F6</kbd> leaves it.</>}</p> : null}
		</div>
	);
}

/* The room's files as they are on this screen are what it begins with. */
function useOpen(measure: () => { rows: number; columns: number }) {
	const { terminal, document: doc } = useHere();
	const { language } = useRoom();
	return () => {
		const files = shownFiles(mainFile(languages.get().list, language), doc.state.get().paths)
			.map((path) => ({ path, content: doc.text(path).toString() }))
			.filter(({ content }) => content !== "");
		void terminal.open(measure(), files);
	};
}

function Closed({ measure }: { measure: () => { rows: number; columns: number } }) {
	const { terminal } = useHere();
	const { edit } = useRights();
	const opening = useStore(terminal.state, (s) => s.opening);
	const open = useOpen(measure);
	return (
		<div className={styles.closed}>
			<p>{edit ? "A shell that everyone in the room sees and types into, with the room's files." : "No terminal is open."}</p>
			{edit ? <Button look="primary" busy={opening} onClick={open}>Open terminal</Button> : null}
		</div>
	);
}

function Ended({ measure }: { measure: () => { rows: number; columns: number } }) {
	const { terminal } = useHere();
	const { edit } = useRights();
	const reason = useStore(terminal.state, (s) => s.terminal?.reason);
	const opening = useStore(terminal.state, (s) => s.opening);
	const open = useOpen(measure);
	return (
		<div className={styles.ended}>
			<span>Ended: {reason ?? "it was closed"}</span>
			{edit ? <Button busy={opening} onClick={open}>Open again</Button> : null}
		</div>
	);
}

/* How it stands, and who typed last. */
function Line() {
	const { terminal, people } = useHere();
	const { edit } = useRights();
	const { me } = useRoom();
	const now = useStore(terminal.state, (s) => s.terminal);
	const connected = useStore(terminal.state, (s) => s.connected);
	const typist = useStore(terminal.state, (s) => s.typist);
	const name = useStore(people.state, (s) => s.everyone.get(typist ?? "")?.name);
	if (!now)
		return null;
	const status = now.status === "running" && !connected ? "reconnecting" : now.status;
	return (
		<div className={styles.line} data-status={status}>
			<span className={styles.status}>{status}</span>
			<span title="rows and columns, the same for everybody">{now.rows}×{now.columns}</span>
			<span className={styles.space} />
			{typist && name && now.status !== "ended" ? <span>{typist === me ? "you" : name} typed last</span> : null}
			{edit && now.status !== "ended" ? <Button onClick={() => void terminal.close()}>Close</Button> : null}
		</div>
	);
}
