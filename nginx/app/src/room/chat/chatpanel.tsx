/* chatpanel.tsx - the room's chat: what was said, and a line to say something. */
import { useEffect, useLayoutEffect, useRef, useState, type FormEvent } from "react";
import type { ChatMessage } from "../../api/types";
import { timeOfDay } from "../../lib/format";
import { useStore } from "../../lib/store";
import { useHere, useRoom } from "../context";
import styles from "./chatpanel.module.css";

export function ChatPanel() {
	const { chat } = useHere();
	const messages = useStore(chat.state, (s) => s.messages);
	const list = useRef<HTMLOListElement>(null);

	useEffect(() => {
		chat.watch(true);
		return () => chat.watch(false);
	}, [chat]);

	useLayoutEffect(() => {
		list.current?.scrollTo({ top: list.current.scrollHeight });
	}, [messages]);

	return (
		<div className={styles.panel}>
			{messages.length === 0 ? <p className={styles.empty}>Nothing said yet. Everyone in the room reads this chat.</p> : null}
			<ol ref={list} className={styles.list} aria-label="Chat" aria-live="polite" aria-relevant="additions" tabIndex={messages.length > 0 ? 0 : -1}>
				{messages.map((m) => <Message key={m.id} message={m} />)}
			</ol>
			<Say />
		</div>
	);
}

function Message({ message }: { message: ChatMessage }) {
	const { people } = useHere();
	const hue = useStore(people.state, (s) => s.everyone.get(message.participant)?.hue ?? 1);
	return (
		<li className={styles.message} title={timeOfDay(message.at)}>
			<i className={`${styles.dot} p${hue}`} aria-hidden="true" />
			<p><b>{message.name}</b> {message.text}</p>
		</li>
	);
}

function Say() {
	const { chat } = useHere();
	const { ended_at } = useRoom();
	const error = useStore(chat.state, (s) => s.error);
	const [text, setText] = useState("");

	async function say(event: FormEvent) {
		event.preventDefault();
		const said = text.trim();
		if (said === "")
			return;
		setText("");
		if (!await chat.say(said))
			setText((now) => now || said);
	}

	if (ended_at)
		return null;
	return (
		<form className={styles.form} onSubmit={(e) => void say(e)}>
			{error ? <p className={styles.error} role="alert">Not sent. {error.message}</p> : null}
			<input className={styles.field} value={text} maxLength={2000} placeholder="Message" aria-label="Message" autoComplete="off" enterKeyHint="send" onChange={(e) => setText(e.target.value)} />
		</form>
	);
}
