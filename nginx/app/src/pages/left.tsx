/* left.tsx - /left: after leaving a room for good. */
import { Link } from "../lib/router";
import { useStore } from "../lib/store";
import { session } from "../session/session";
import { Doorway } from "./doorway";

export function Left() {
	const kind = useStore(session, (s) => s.who.kind);
	return <Doorway title="You have left the room" lead="To come back, open your invite link again." foot={kind === "account" ? <Link href="/">Go to your rooms</Link> : null} />;
}
