/* skeleton.tsx - the outline of the list while it loads. */
import { TopBar } from "./topbar";
import frame from "./dashboard.module.css";
import styles from "./skeleton.module.css";

export function RowsSkeleton() {
	return (
		<ul className={frame["list"]} aria-busy="true" aria-label="Loading your rooms">
			{[52, 38, 45].map((width) => (
				<li key={width} className={styles.row}>
					<span style={{ width: `${width}%` }} />
					<span style={{ width: `${width * 0.6}%` }} />
				</li>
			))}
		</ul>
	);
}

export function DashboardSkeleton() {
	return (
		<>
			<TopBar />
			<main className={frame["wrap"]}>
				<div className={frame["head"]}><h1>Rooms</h1></div>
				<RowsSkeleton />
			</main>
		</>
	);
}
