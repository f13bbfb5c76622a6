/*
 * share.tsx - the links into this room. Each role has its own; a link is made when the dialog opens
 * and used again for as long as this page lives.
 */
import { useEffect, useState } from "react";
import { answer, api } from "../../api/client";
import { asProblem } from "../../api/problem";
import type { Invite } from "../../api/types";
import { copyText } from "../../lib/copy";
import { dayOf } from "../../lib/format";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { Icon } from "../../ui/icon";
import { Notice } from "../../ui/notice";
import { useRoom } from "../context";
import styles from "./share.module.css";

type InviteRole = "candidate" | "interviewer" | "observer";

const roles: { role: InviteRole; title: string; can: string }[] = [
	{ role: "candidate", title: "Candidate", can: "Edits, runs and chats." },
	{ role: "observer", title: "Observer", can: "Reads and chats. Cannot edit or run; no caret is shown." },
	{ role: "interviewer", title: "Interviewer", can: "Edits and runs, invites others, can end the interview." },
];

const made = new Map<string, Promise<Invite>>();

function inviteFor(room: string, role: InviteRole): Promise<Invite> {
	const key = `${room} ${role}`;
	let invite = made.get(key);
	if (!invite) {
		invite = answer(api.POST("/api/rooms/{room}/invites", { params: { path: { room } }, body: { role } }));
		invite.catch(() => made.delete(key));
		made.set(key, invite);
	}
	return invite;
}

export function Share({ onClose }: { onClose: () => void }) {
	return (
		<Dialog title="Share this room" onClose={onClose} wide>
			<p className={styles.lead}>Whoever opens a link gives a name and is in; no account is needed.</p>
			<ul className={styles.links}>{roles.map((r) => <Row key={r.role} {...r} />)}</ul>
		</Dialog>
	);
}

function Row({ role, title, can }: (typeof roles)[number]) {
	const room = useRoom();
	const [invite, setInvite] = useState<Invite | null>(null);
	const [problem, setProblem] = useState<string | null>(null);
	const [copied, setCopied] = useState(false);

	useEffect(() => {
		let gone = false;
		inviteFor(room.id, role).then((got) => { if (!gone) setInvite(got); }, (e: unknown) => { if (!gone) setProblem(asProblem(e).message); });
		return () => { gone = true; };
	}, [room.id, role]);

	useEffect(() => {
		const timer = copied ? setTimeout(() => setCopied(false), 2000) : undefined;
		return () => clearTimeout(timer);
	}, [copied]);

	return (
		<li className={styles.link}>
			<div className={styles.words}>
				<b>{title}</b>
				<span>{can}{invite ? ` Works until ${dayOf(invite.expires_at)}.` : ""}</span>
			</div>
			{problem ? <Notice tone="danger">{problem}</Notice> : (
				<div className={styles.row}>
					<input className={styles.url} readOnly aria-label={`${title} link`} data-role={role} value={invite?.url ?? ""} placeholder="Making a link" onFocus={(e) => e.target.select()} />
					<Button disabled={!invite} onClick={() => invite && void copyText(invite.url).then(setCopied)} aria-label={`Copy the ${role} link`}>
						<Icon name={copied ? "check" : "copy"} size={14} /><span aria-live="polite">{copied ? "Copied" : "Copy"}</span>
					</Button>
				</div>
			)}
		</li>
	);
}
