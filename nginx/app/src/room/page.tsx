/* page.tsx - /r/<room>: opens the room and shows it, or says why not. */
import { useEffect, useState } from "react";
import { Doorway } from "../pages/doorway";
import { RoomSkeleton } from "../pages/roomskeleton";
import { Link } from "../lib/router";
import { useStore } from "../lib/store";
import { session as account } from "../session/session";
import { Button } from "../ui/button";
import { Late } from "../ui/late";
import { Notice } from "../ui/notice";
import { RoomContext, type Here } from "./context";
import { RoomFrame } from "./layout/frame";
import { recallInput } from "./run/input";
import { RoomSession } from "./session";

export function RoomPage({ id }: { id: string }) {
	const [session, setSession] = useState<RoomSession | null>(null);

	useEffect(() => {
		const opened = new RoomSession(id);
		recallInput(id);
		setSession(opened);
		return () => opened.close();
	}, [id]);

	return session ? <RoomView session={session} /> : null;
}

function RoomView({ session }: { session: RoomSession }) {
	const { phase, open, error } = useStore(session.state, (s) => s);
	const [here, setHere] = useState<Here | null>(null);

	useEffect(() => {
		setHere(open ? { session, ...open } : null);
	}, [session, open]);

	switch (phase) {
	case "open":
		return here ? <RoomContext value={here}><RoomFrame /></RoomContext> : null;
	case "loading":
		return <Late><RoomSkeleton /></Late>;
	case "missing":
		return <Missing />;
	case "failed":
		return (
			<Doorway title="The room does not open">
				<Notice tone="danger" action={<Button onClick={() => void session.load()}>Try again</Button>}>{error?.message}</Notice>
			</Doorway>
		);
	}
}

function Missing() {
	return <Doorway title="There is no such room for you" lead="It may be mistyped, or you are not in it. Ask whoever invited you for a link." foot={<Home />} />;
}

function Home() {
	const kind = useStore(account, (s) => s.who.kind);
	return kind === "account" ? <Link href="/">Go to your rooms</Link> : null;
}
