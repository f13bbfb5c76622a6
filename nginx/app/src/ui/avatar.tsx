/* avatar.tsx - a person: initials on their colour, and always the name for who cannot see either. */
import { initials } from "../lib/format";
import styles from "./avatar.module.css";

export function Avatar({ name, hue, quiet = false }: { name: string; hue: number; quiet?: boolean }) {
	return (
		<span className={`${styles.avatar} p${hue}`} title={quiet ? undefined : name} role={quiet ? undefined : "img"} aria-label={quiet ? undefined : name} aria-hidden={quiet || undefined} data-initials={initials(name)} />
	);
}
