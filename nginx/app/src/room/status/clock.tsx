/* clock.tsx - how long the room has been open. It stops when the room ends. */
import { useEffect, useState } from "react";
import { clock, span } from "../../lib/format";
import { useRoom } from "../context";
import styles from "./clock.module.css";

export function Clock() {
	const { created_at, ended_at } = useRoom();
	const [now, setNow] = useState(Date.now);

	useEffect(() => {
		if (ended_at)
			return;
		const timer = setInterval(() => setNow(Date.now()), 1000);
		return () => clearInterval(timer);
	}, [ended_at]);

	const ms = (ended_at ? Date.parse(ended_at) : now) - Date.parse(created_at);
	/* A room that stays open for days counts no seconds. */
	return <span className={styles.clock} role="timer" aria-label="Time since the room opened">{ms < 24 * 3600_000 ? clock(ms) : span(ms)}</span>;
}

export function Recorded() {
	return <span className={styles.recorded} title="Edits, runs and chat are recorded with names, for replay."><i aria-hidden="true" /><span>recorded</span></span>;
}
