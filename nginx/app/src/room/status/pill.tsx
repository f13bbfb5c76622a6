/* pill.tsx - the truth about the connection: is what I typed safe, and do I see what others type? */
import type { Status } from "viva-provider";
import { count } from "../../lib/format";
import { useStore } from "../../lib/store";
import { useHere, useRoom } from "../context";
import styles from "./pill.module.css";

type Tone = "good" | "busy" | "warn" | "bad";

export function pillWords({ state, pending, latencyMs, reason }: Status, unkept: number): { text: string; tone: Tone; title: string } {
	const kept = pending > 0 ? `, ${count(pending, "edit")} ${unkept === 0 ? "kept here" : "not sent"}` : "";
	switch (state) {
	case "connecting":
		return { text: "connecting", tone: "busy", title: "The room's text is on its way." };
	case "saved":
		return { text: latencyMs === null ? "saved" : `saved · ${Math.max(1, Math.round(latencyMs))} ms`, tone: "good", title: "Everything typed here is stored on the server. The time is how long the last edit took." };
	case "pending":
		return { text: `${count(pending, "edit")} pending`, tone: "busy", title: "Edits are on their way to the server." };
	case "reconnecting":
		return { text: `reconnecting${kept}`, tone: "warn", title: "The server does not answer. Go on typing: edits are kept in this browser and sent when it does." };
	case "offline":
		return { text: `offline${kept}`, tone: "warn", title: "There is no network. Go on typing: edits are kept in this browser and sent later." };
	case "ended":
		return { text: "ended, read-only", tone: "warn", title: "The interview has ended." };
	case "denied":
		return { text: "no longer allowed in", tone: "bad", title: reason?.detail ?? "Ask for a new link." };
	case "diverged":
		return { text: "Out of sync — reloading the document", tone: "warn", title: "The text here was not what the server has. It is being loaded anew; what you typed is kept." };
	case "error":
		return { text: `not saved${kept}`, tone: "bad", title: reason?.detail ?? "The server refuses these edits. Copy what you need and reload the page." };
	}
}

export function Pill() {
	const { document: doc, session } = useHere();
	const { ended_at } = useRoom();
	const outOfSync = useStore(session.state, (s) => s.outOfSync);
	const { status, unkept } = useStore(doc.state, (s) => s);
	const state = outOfSync ? "diverged" : ended_at ? "ended" : status.state;
	const { text, tone, title } = pillWords({ ...status, state }, unkept);
	return <span className={`${styles.pill} ${styles[tone]}`} data-state={outOfSync ? state : status.state} title={title}><i aria-hidden="true" />{text}</span>;
}
