/* button.tsx - the one button. `primary` is for the one thing to press on a page. */
import type { ButtonHTMLAttributes, Ref } from "react";
import styles from "./button.module.css";

type Look = "plain" | "primary" | "bare" | "danger";

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
	look?: Look;
	large?: boolean;
	busy?: boolean;
	ref?: Ref<HTMLButtonElement>;
}

export function Button({ look = "plain", large = false, busy = false, className = "", type = "button", disabled, ...rest }: Props) {
	const classes = [styles.button, styles[look], large ? styles.large : "", className].join(" ");
	return <button type={type} className={classes} disabled={disabled || busy} aria-busy={busy || undefined} {...rest} />;
}
