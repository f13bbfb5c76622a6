/*
 * editor.tsx - the React side of the editor: one view for the file that is open.
 *
 * Each file remembers where one was in it while the room is open.
 */
import type { EditorView } from "@codemirror/view";
import { useEffect, useRef } from "react";
import { useStore } from "../../lib/store";
import { useHere, useRights, useRoom } from "../context";
import { current, editors } from "./current";
import { createEditor, setEditable } from "./setup";
import styles from "./editor.module.css";

export function Editor({ path }: { path: string }) {
	const host = useRef<HTMLDivElement>(null);
	const { document: doc, people } = useHere();
	const room = useRoom();
	const { edit } = useRights();
	const synced = useStore(doc.state, (s) => s.synced);
	const name = useStore(people.state, (s) => s.everyone.get(room.me)?.name ?? "");

	useEffect(() => {
		const element = host.current;
		if (!element)
			return;
		const shadow = element.shadowRoot ?? element.attachShadow({ mode: "open", delegatesFocus: false });
		const view = createEditor(shadow, {
			document: doc,
			path,
			editable: edit,
			hint: edit ? "Type here. Everyone in the room sees it." : "",
			remote: { me: { id: room.me, name }, show: !doc.readOnly, person: (id) => people.person(id) },
			onPosition: (position) => current.set({ position }),
		});
		const recall = editors.enter(path, view);
		return () => {
			recall();
			view.destroy();
		};
		/* A new name or role reconfigures; it does not remake the editor under one's hands. */
		// eslint-disable-next-line react-hooks/exhaustive-deps
	}, [doc, path, people, room.me]);

	useEffect(() => {
		const view: EditorView | null = editors.view;
		if (view)
			setEditable(view, edit);
	}, [edit, path]);

	return <div ref={host} className={styles.host} data-synced={synced || undefined} data-editor={path} />;
}
