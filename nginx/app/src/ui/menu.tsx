/*
 * menu.tsx - a button that opens a small panel below itself: a menu of actions, or a list to read.
 *
 * It closes on Escape (focus returns to the button), on a press elsewhere, on focus leaving it, and after
 * an item was chosen. Arrow keys move between items.
 */
import { useEffect, useRef, useState, type FocusEvent, type KeyboardEvent, type ReactNode } from "react";
import styles from "./menu.module.css";

interface Props {
	button: ReactNode;
	label: string;
	className?: string | undefined;
	title?: string;
	children: (close: () => void) => ReactNode;
}

export function Menu({ button, label, className, title, children }: Props) {
	const [open, setOpen] = useState(false);
	const root = useRef<HTMLDivElement>(null);
	const opener = useRef<HTMLButtonElement>(null);

	useEffect(() => {
		if (!open)
			return;
		const outside = (e: PointerEvent) => {
			if (!root.current?.contains(e.target as Node))
				setOpen(false);
		};
		addEventListener("pointerdown", outside);
		return () => removeEventListener("pointerdown", outside);
	}, [open]);

	function close() {
		setOpen(false);
		opener.current?.focus();
	}

	function onKeyDown(event: KeyboardEvent) {
		if (event.key === "Escape" && open) {
			event.stopPropagation();
			close();
		}
		if (event.key === "ArrowDown" || event.key === "ArrowUp") {
			event.preventDefault();
			step(root.current, event.key === "ArrowDown" ? 1 : -1);
		}
	}

	function onBlur(event: FocusEvent) {
		if (event.relatedTarget && !root.current?.contains(event.relatedTarget as Node))
			setOpen(false);
	}

	return (
		<div ref={root} className={styles.root} onKeyDown={onKeyDown} onBlur={onBlur}>
			<button ref={opener} type="button" className={className ?? styles.opener} aria-expanded={open} aria-label={label} title={title} onClick={() => setOpen(!open)}>{button}</button>
			{open ? <div className={styles.panel}>{children(close)}</div> : null}
		</div>
	);
}

function step(root: HTMLElement | null, by: number): void {
	const items = [...root?.querySelectorAll<HTMLElement>(`.${styles.panel} button:not(:disabled), .${styles.panel} a`) ?? []];
	const at = items.indexOf(document.activeElement as HTMLElement);
	items.at(at < 0 ? Math.min(by, 0) : (at + by) % items.length)?.focus();
}

export function MenuItem({ onChoose, danger = false, children }: { onChoose: () => void; danger?: boolean; children: ReactNode }) {
	return <button type="button" className={`${styles.item} ${danger ? styles.danger : ""}`} onClick={onChoose}>{children}</button>;
}

export function MenuLine() {
	return <hr className={styles.line} />;
}
