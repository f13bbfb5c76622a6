/* dashboard.tsx - /: the rooms that are open now, those before, and the button for a new one. */
import { useEffect, useState } from "react";
import type { RoomSummary } from "../../api/types";
import { count, dayOf, span } from "../../lib/format";
import { Link } from "../../lib/router";
import { useStore } from "../../lib/store";
import { languageTitle, languages, loadLanguages } from "../../session/languages";
import { session } from "../../session/session";
import { Button } from "../../ui/button";
import { Late } from "../../ui/late";
import { Notice } from "../../ui/notice";
import { loadRoom } from "../lazy";
import { NewRoom } from "./newroom";
import { loadMore, loadRooms, rooms } from "./rooms";
import { RowsSkeleton } from "./skeleton";
import { TopBar } from "./topbar";
import styles from "./dashboard.module.css";

export function Dashboard() {
	const { state, list, more, error } = useStore(rooms, (s) => s);
	const [creating, setCreating] = useState(false);

	useEffect(() => {
		document.title = "Rooms · Viva";
		void loadRooms();
		loadLanguages();
	}, []);

	const now = list.filter((room) => !room.ended_at);
	const earlier = list.filter((room) => room.ended_at);
	const empty = state === "ready" && list.length === 0;

	return (
		<>
			<TopBar />
			<main className={styles.wrap}>
				<div className={styles.head}>
					<h1>Rooms</h1>
					{empty ? null : <Button look="primary" large onClick={() => setCreating(true)} onPointerEnter={() => loadRoom().catch(() => undefined)}>New room</Button>}
				</div>
				<PasswordHint />
				{error ? <Notice tone="danger" action={<Button onClick={() => void loadRooms()}>Try again</Button>}>{error.message}</Notice> : null}
				{state === "loading" ? <Late><RowsSkeleton /></Late> : null}
				{empty ? <Empty onNew={() => setCreating(true)} /> : null}
				<Section title="Now" rows={now} />
				<Section title="Earlier" rows={earlier} />
				{more ? <div className={styles.more}><Button onClick={() => void loadMore()}>Show older rooms</Button></div> : null}
			</main>
			{creating ? <NewRoom onClose={() => setCreating(false)} /> : null}
		</>
	);
}

function Empty({ onNew }: { onNew: () => void }) {
	return (
		<div className={styles.empty}>
			<p>No rooms yet. A room is an editor that several people share, with code that runs.</p>
			<Button look="primary" large onClick={onNew}>New room</Button>
		</div>
	);
}

/* The owner came by a link and has no way back in but another link. */
function PasswordHint() {
	const who = useStore(session, (s) => s.who);
	if (who.kind !== "account" || who.user.has_password)
		return null;
	return (
		<Notice tone="warn" title="This account has no password yet">
			Set one under your name, top right, to sign in without a link from the machine.
		</Notice>
	);
}

function Section({ title, rows }: { title: string; rows: RoomSummary[] }) {
	if (rows.length === 0)
		return null;
	return (
		<section>
			<h2 className={styles.heading}>{title}</h2>
			<ul className={styles.list}>{rows.map((room) => <Row key={room.id} room={room} />)}</ul>
		</section>
	);
}

function Row({ room }: { room: RoomSummary }) {
	const titles = useStore(languages, (s) => s.list);
	const started = Date.parse(room.created_at);
	return (
		<li className={styles.row}>
			<div className={styles.what}>
				<Link href={`/r/${room.id}`} onPointerEnter={() => loadRoom().catch(() => undefined)}>{room.title}</Link>
				<small>{room.ended_at ? past(room) : room.people.join(", ") || "Nobody else yet"}</small>
			</div>
			{room.ended_at
				? <span className={styles.middle}>{room.people.length > 0 ? room.people.slice(0, 2).join(", ") : "You alone"}</span>
				: <span className={styles.live}><i aria-hidden="true" />{span(Date.now() - started)}</span>}
			<span className={styles.middle}>{languageTitle(titles, room.language)}</span>
			<span className={styles.go} aria-hidden="true">{room.ended_at ? "Read" : "Open"}</span>
		</li>
	);
}

function past(room: RoomSummary): string {
	const lasted = Date.parse(room.ended_at ?? room.created_at) - Date.parse(room.created_at);
	return [dayOf(room.created_at), span(lasted), room.runs > 0 ? count(room.runs, "run") : "no runs"].join(" · ");
}
