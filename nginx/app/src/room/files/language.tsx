/* language.tsx - which language the room runs. Everyone sees the change; each language keeps its own files. */
import { useState } from "react";
import type { Language } from "../../api/types";
import { announce } from "../../lib/announce";
import { useStore } from "../../lib/store";
import { languages, languageTitle } from "../../session/languages";
import { Icon } from "../../ui/icon";
import { useHere, useRights, useRoom } from "../context";
import styles from "./language.module.css";

/* "Python 3.11": the version as far as people say it. */
function titled({ title, version }: Language): string {
	const said = /\d+(\.\d+)?/.exec(version)?.[0];
	return said ? `${title} ${said}` : title;
}

export function LanguageChoice() {
	const { session } = useHere();
	const { edit } = useRights();
	const { language, restricted } = useRoom();
	const list = useStore(languages, (s) => s.list);
	const [busy, setBusy] = useState(false);

	async function choose(name: string) {
		setBusy(true);
		await session.change({ language: name }).catch(() => announce("The language could not be changed"));
		setBusy(false);
	}

	const now = list.find((l) => l.name === language);
	const note = restricted && language === "python"
		? <span className={styles.note} title="Programs may use the modules and builtins on this room's list">restricted</span> : null;
	if (!edit || list.length === 0)
		return <><span className={styles.fixed}>{now ? titled(now) : languageTitle(list, language)}</span>{note}</>;
	return (
		<>{note}<span className={styles.frame}>
			<select className={styles.choice} aria-label="Language" value={language} disabled={busy} onChange={(e) => void choose(e.target.value)}>
			{list.map((l) => <option key={l.name} value={l.name}>{l.ready ? titled(l) : `${l.title} (being prepared)`}</option>)}
		</select>
			<Icon name="down" size={12} />
		</span></>
	);
}
