/* peoplelist.tsx - who is here, in which role, and where; then who has been here. */
import { useMemo } from "react";
import { useStore } from "../../lib/store";
import { Avatar } from "../../ui/avatar";
import { useHere, useRoom } from "../context";
import { useLocations } from "./location";
import { roleNames, type Person } from "./people";
import { usePresent } from "./usepeople";
import styles from "./peoplelist.module.css";

export function PeopleList() {
	const { document: doc, people } = useHere();
	const present = usePresent();
	const locations = useLocations(doc);
	const { everyone, here } = useStore(people.state, (s) => s);
	const away = useMemo(() => [...everyone.values()].filter((p) => !here.has(p.id)), [everyone, here]);

	return (
		<div className={styles.lists}>
			<ul className={styles.list} aria-label="In the room">
				{present.map((person) => <Row key={person.id} person={person} at={locations.get(person.id)} />)}
			</ul>
			{away.length > 0 ? (
				<>
					<h3 className={styles.heading}>Not here now</h3>
					<ul className={`${styles.list} ${styles.away}`}>{away.map((person) => <Row key={person.id} person={person} at={undefined} />)}</ul>
				</>
			) : null}
		</div>
	);
}

function Row({ person, at }: { person: Person; at: string | undefined }) {
	const { me } = useRoom();
	return (
		<li className={styles.row}>
			<Avatar name={person.name} hue={person.hue} quiet />
			<span className={styles.name}>{person.name}{person.id === me ? <span className={styles.you}> · you</span> : null}</span>
			<span className={styles.role}>{roleNames[person.role]}{at && person.id !== me ? `, in ${at}` : ""}</span>
		</li>
	);
}
