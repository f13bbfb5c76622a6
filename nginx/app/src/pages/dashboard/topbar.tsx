/* topbar.tsx - the bar of the pages outside of a room: where one is, and who. */
import { useState } from "react";
import { Link, navigate } from "../../lib/router";
import { useStore } from "../../lib/store";
import { session, signOut } from "../../session/session";
import { Avatar } from "../../ui/avatar";
import { Mark } from "../../ui/mark";
import { Menu, MenuItem, MenuLine } from "../../ui/menu";
import { ThemeChoice } from "../../ui/themechoice";
import { Account } from "./account";
import styles from "./topbar.module.css";

export function TopBar() {
	const who = useStore(session, (s) => s.who);
	const [editing, setEditing] = useState(false);

	async function leave() {
		await signOut();
		navigate("/signin");
	}

	return (
		<header className={styles.top}>
			<Link href="/" className={styles.home}><Mark /></Link>
			{who.kind === "account" ? (
				<Menu label={`Account of ${who.user.name}`} className={styles.opener} button={<Avatar name={who.user.name} hue={1} quiet />}>
					{(close) => (
						<>
							<p className={styles.who}><b>{who.user.name}</b><span>{who.user.email}</span></p>
							<ThemeChoice />
							<MenuLine />
							<MenuItem onChoose={() => { close(); setEditing(true); }}>Name, e-mail, password</MenuItem>
							<MenuItem onChoose={() => void leave()}>Sign out</MenuItem>
						</>
					)}
				</Menu>
			) : null}
			{editing && who.kind === "account" ? <Account user={who.user} onClose={() => setEditing(false)} /> : null}
		</header>
	);
}
