/* filebar.tsx - the bar over the editor: a tab for each file, what can be done with files, the language. */
import { useRef, useState, type KeyboardEvent } from "react";
import { Icon } from "../../ui/icon";
import { Menu, MenuItem } from "../../ui/menu";
import { useHere, useRights } from "../context";
import { FileDialog } from "./filedialog";
import { LanguageChoice } from "./language";
import styles from "./filebar.module.css";

interface Props {
	files: string[];
	main: string | null;
	open: string | null;
	onOpen: (path: string) => void;
}

type Asking = { what: "add" } | { what: "rename"; path: string } | null;

export function FileBar({ files, main, open, onOpen }: Props) {
	const { document: doc } = useHere();
	const { edit } = useRights();
	const [asking, setAsking] = useState<Asking>(null);
	const movable = edit && open !== null && open !== main;

	function done(name: string) {
		if (asking?.what === "rename")
			doc.rename(asking.path, name);
		else
			doc.add(name);
		setAsking(null);
		onOpen(name);
	}

	return (
		<div className={styles.bar}>
			<Tabs files={files} open={open} onOpen={onOpen} />
			{edit ? <button type="button" className={styles.add} aria-label="Add a file" title="Add a file" onClick={() => setAsking({ what: "add" })}><Icon name="plus" size={14} /></button> : null}
			{movable ? (
				<Menu label={`More for ${open}`} button={<Icon name="more" />}>
					{(close) => (
						<>
							<MenuItem onChoose={() => { close(); setAsking({ what: "rename", path: open }); }}>Rename {open}</MenuItem>
							<MenuItem danger onChoose={() => { close(); doc.remove(open); }}>Delete {open}</MenuItem>
						</>
					)}
				</Menu>
			) : null}
			<span className={styles.space} />
			<LanguageChoice />
			{asking ? <FileDialog from={asking.what === "rename" ? asking.path : null} taken={files} onDone={done} onClose={() => setAsking(null)} /> : null}
		</div>
	);
}

function Tabs({ files, open, onOpen }: Pick<Props, "files" | "open" | "onOpen">) {
	const list = useRef<HTMLDivElement>(null);

	function onKeyDown(event: KeyboardEvent) {
		const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
		const next = by === undefined ? undefined : files[(files.indexOf(open ?? "") + by + files.length) % files.length];
		if (next === undefined)
			return;
		event.preventDefault();
		onOpen(next);
		list.current?.querySelector<HTMLElement>(`[data-path="${CSS.escape(next)}"]`)?.focus();
	}

	return (
		<div ref={list} className={styles.tabs} role="tablist" aria-label="Files" onKeyDown={onKeyDown}>
			{files.map((path) => (
				<button key={path} type="button" role="tab" data-path={path} className={styles.tab} aria-selected={path === open} aria-controls="editor" tabIndex={path === open ? 0 : -1} onClick={() => onOpen(path)}>{path}</button>
			))}
		</div>
	);
}
