/* themechoice.tsx - light, dark, or as the system has it. */
import { chooseTheme, theme, type Theme } from "../lib/theme";
import { useStore } from "../lib/store";
import styles from "./themechoice.module.css";

const names: [Theme, string][] = [["system", "System"], ["light", "Light"], ["dark", "Dark"]];

export function ThemeChoice() {
	const chosen = useStore(theme, (s) => s.chosen);
	return (
		<div className={styles.choice} role="radiogroup" aria-label="Theme">
			{names.map(([value, name]) => (
				<label key={value} className={styles.option}>
					<input type="radio" name="theme" value={value} checked={chosen === value} onChange={() => chooseTheme(value)} />
					<span>{name}</span>
				</label>
			))}
		</div>
	);
}
