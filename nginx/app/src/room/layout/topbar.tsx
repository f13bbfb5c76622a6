/* topbar.tsx - the bar over the room: which one, recorded, how long, who, and what to press. */
import { announce } from "../../lib/announce";
import { Link } from "../../lib/router";
import { keyNames } from "../../lib/keys";
import { usePhone } from "../../lib/media";
import { useStore } from "../../lib/store";
import { session as account } from "../../session/session";
import { Button } from "../../ui/button";
import { Icon } from "../../ui/icon";
import { Mark } from "../../ui/mark";
import { Menu, MenuItem, MenuLine } from "../../ui/menu";
import { ThemeChoice } from "../../ui/themechoice";
import { useHere, useRights, useRoom } from "../context";
import { Faces } from "../people/faces";
import { RunButton } from "../run/runbutton";
import { Clock, Recorded } from "../status/clock";
import { fold, layout } from "./layout";
import styles from "./topbar.module.css";

export function TopBar({ onShare, onAsk }: { onShare: () => void; onAsk: (what: "help" | "rename" | "end" | "leave") => void }) {
	const room = useRoom();
	const { invite } = useRights();
	const phone = usePhone();
	const sideOpen = useStore(layout, (s) => s.sideOpen);
	const hasHome = useStore(account, (s) => s.who.kind === "account");

	return (
		<header className={styles.top} data-region="top">
			{hasHome ? <Link href="/" className={styles.home} title="Your rooms"><Mark /></Link> : <Mark />}
			<h1 className={styles.title} title={room.title}>{room.title}</h1>
			<span className={styles.space} />
			{room.role === "observer" && !room.ended_at ? <span className={styles.tag} title="You can read and chat."><Icon name="eye" size={14} /><span>observing</span></span> : null}
			<Recorded />
			<Clock />
			{phone ? null : <Faces />}
			{invite && !phone ? <Button onClick={onShare}>Share</Button> : null}
			<RunButton />
			<Menu label="More" button={<Icon name="more" />}>
				{(close) => (
					<>
						<ThemeChoice />
						<MenuLine />
						{invite && phone ? <MenuItem onChoose={() => { close(); onShare(); }}>Share this room</MenuItem> : null}
						{phone ? null : <MenuItem onChoose={() => { close(); fold("sideOpen", !sideOpen); }}>{sideOpen ? "Hide results and chat" : "Show results and chat"}<kbd>{keyNames.side}</kbd></MenuItem>}
						{invite ? <MenuItem onChoose={() => { close(); onAsk("rename"); }}>Rename the room</MenuItem> : null}
						{invite ? <RestrictItem close={close} /> : null}
						<MenuItem onChoose={() => { close(); onAsk("help"); }}>Keyboard shortcuts<kbd>?</kbd></MenuItem>
						<LeaveItems close={close} onAsk={onAsk} />
					</>
				)}
			</Menu>
		</header>
	);
}

function RestrictItem({ close }: { close: () => void }) {
	const { session } = useHere();
	const { restricted } = useRoom();

	function choose() {
		close();
		session.change({ restricted: !restricted }).catch(() => announce("That could not be changed"));
	}
	return <MenuItem onChoose={choose}>{restricted ? "Allow all of Python" : "Restrict Python to a list"}</MenuItem>;
}

function LeaveItems({ close, onAsk }: { close: () => void; onAsk: (what: "end" | "leave") => void }) {
	const { role, ended_at } = useRoom();
	const { end } = useRights();
	if (ended_at)
		return null;
	return (
		<>
			<MenuLine />
			{role === "owner" ? null : <MenuItem onChoose={() => { close(); onAsk("leave"); }}>Leave for good</MenuItem>}
			{end ? <MenuItem danger onChoose={() => { close(); onAsk("end"); }}>End the interview</MenuItem> : null}
		</>
	);
}
