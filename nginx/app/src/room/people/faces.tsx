/* faces.tsx - the avatars in the top bar; pressed, the list of people. */
import { Avatar } from "../../ui/avatar";
import { Menu } from "../../ui/menu";
import { count } from "../../lib/format";
import { PeopleList } from "./peoplelist";
import { usePresent } from "./usepeople";
import styles from "./faces.module.css";

const SHOWN = 4;

export function Faces() {
	const present = usePresent();
	const more = present.length - SHOWN;
	return (
		<Menu label={`${count(present.length, "person", "people")} in the room`} className={styles.faces} title={present.map((p) => p.name).join(", ")}
			button={<>
				{present.slice(0, SHOWN).map((p) => <Avatar key={p.id} name={p.name} hue={p.hue} quiet />)}
				{more > 0 ? <span className={styles.more}>+{more}</span> : null}
			</>}>
			{() => <PeopleList />}
		</Menu>
	);
}
