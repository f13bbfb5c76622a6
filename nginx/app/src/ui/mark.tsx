/* mark.tsx - the name and its sign. */
import styles from "./mark.module.css";

export function Mark() {
	return (
		<span className={styles.mark}>
			<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="2.4" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
				<path d="m4 7 5 10 3-6 3 6 5-10" />
			</svg>
			Viva
		</span>
	);
}
