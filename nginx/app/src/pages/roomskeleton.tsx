/* roomskeleton.tsx - the outline of a room that is taking its time. */
import styles from "./roomskeleton.module.css";

export function RoomSkeleton() {
	return (
		<div className={styles.room} aria-busy="true" aria-label="Opening the room">
			<div className={styles.top} />
			<div className={styles.code}>
				{[38, 0, 62, 54, 46, 70, 30].map((width, i) => <span key={i} style={{ width: `${width}%` }} />)}
			</div>
			<div className={styles.side} />
		</div>
	);
}
