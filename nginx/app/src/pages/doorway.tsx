/* doorway.tsx - the frame of the pages before a room: one narrow column, one thing to do. */
import { useEffect, type ReactNode } from "react";
import { Mark } from "../ui/mark";
import styles from "./doorway.module.css";

export function Doorway({ title, lead, children, foot }: { title: string; lead?: ReactNode; children?: ReactNode; foot?: ReactNode }) {
	useEffect(() => {
		document.title = `${title} · Viva`;
	}, [title]);
	return (
		<main className={styles.page}>
			<div className={styles.column}>
				<Mark />
				<div className={styles.words}>
					<h1>{title}</h1>
					{lead ? <p>{lead}</p> : null}
				</div>
				{children}
				{foot ? <p className={styles.foot}>{foot}</p> : null}
			</div>
		</main>
	);
}

export { styles as doorwayStyles };
