/* starter.tsx - an empty main file is offered its language's first program: nothing is written until somebody asks. */
import { useCallback, useSyncExternalStore } from "react";
import { useStore } from "../../lib/store";
import { languages } from "../../session/languages";
import { Button } from "../../ui/button";
import { useHere, useRights, useRoom } from "../context";
import { editors } from "../editor/current";
import styles from "./starter.module.css";

function useEmpty(path: string): boolean {
	const { document: doc } = useHere();
	const text = doc.text(path);
	const subscribe = useCallback((changed: () => void) => {
		text.observe(changed);
		return () => text.unobserve(changed);
	}, [text]);
	return useSyncExternalStore(subscribe, () => text.length === 0);
}

export function Starter({ path }: { path: string }) {
	const { document: doc } = useHere();
	const { edit } = useRights();
	const { language } = useRoom();
	const synced = useStore(doc.state, (s) => s.synced);
	const list = useStore(languages, (s) => s.list);
	const empty = useEmpty(path);
	const now = list.find((l) => l.name === language);

	if (!edit || !synced || !empty || !now?.starter || now.file !== path)
		return null;
	const begin = () => {
		doc.add(path, now.starter);
		editors.view?.focus();
	};
	return <div className={styles.offer}><Button onClick={begin}>Begin with an example in {now.title}</Button></div>;
}
