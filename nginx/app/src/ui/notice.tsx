/* notice.tsx - what happened and what to do. An alert is read out at once. */
import type { ReactNode } from "react";
import styles from "./notice.module.css";

export function Notice({ tone = "plain", title, children, action }: { tone?: "plain" | "danger" | "warn"; title?: string; children?: ReactNode; action?: ReactNode }) {
	return (
		<div className={`${styles.notice} ${styles[tone]}`} role={tone === "danger" ? "alert" : "status"}>
			<div className={styles.words}>
				{title ? <strong>{title}</strong> : null}
				{children ? <div>{children}</div> : null}
			</div>
			{action}
		</div>
	);
}
