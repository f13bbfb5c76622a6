/* phonebar.tsx - a phone's tabs, at the thumb: one pane at a time. Over them, what is wrong with the connection, if anything. */
import { useStore } from "../../lib/store";
import { Icon, type IconName } from "../../ui/icon";
import { useHere } from "../context";
import { isActive } from "../run/runs";
import { Pill } from "../status/pill";
import { layout, showPane, type Pane } from "./layout";
import styles from "./phonebar.module.css";

const panes: [Pane, string, IconName][] = [["code", "Code", "code"], ["output", "Output", "output"], ["chat", "Chat", "chat"], ["people", "People", "people"]];

export function PhoneBar() {
	const { chat, runs, document: doc, session } = useHere();
	const pane = useStore(layout, (s) => s.pane);
	const unread = useStore(chat.state, (s) => s.unread);
	const running = useStore(runs.state, (s) => s.list.some(isActive));
	const outOfSync = useStore(session.state, (s) => s.outOfSync);
	const troubled = useStore(doc.state, (s) => outOfSync || !["saved", "pending", "connecting"].includes(s.status.state));
	const badge: Partial<Record<Pane, string>> = { output: running ? "running" : "", chat: unread > 0 ? `${unread} new` : "" };

	return (
		<>
			{troubled ? <footer className={styles.trouble}><Pill /></footer> : null}
			<nav className={styles.bar} aria-label="Panes" data-region="panes">
				{panes.map(([id, title, icon]) => (
					<button key={id} type="button" className={styles.tab} aria-current={pane === id || undefined} onClick={() => showPane(id)}>
						<Icon name={icon} size={20} />
						<span>{title}{badge[id] ? <span className="quiet">, {badge[id]}</span> : null}</span>
						{badge[id] ? <i className={styles.badge} aria-hidden="true" /> : null}
					</button>
				))}
			</nav>
		</>
	);
}
