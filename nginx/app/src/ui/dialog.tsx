/*
 * dialog.tsx - a modal dialog on the browser's own <dialog>.
 *
 * Rendered means open. Escape, the cross and a press outside of it call onClose; focus goes back
 * to where it came from by itself.
 */
import { useId, useLayoutEffect, useRef, type MouseEvent, type ReactNode } from "react";
import { Button } from "./button";
import { Icon } from "./icon";
import styles from "./dialog.module.css";

export function Dialog({ title, onClose, children, wide = false }: { title: string; onClose: () => void; children: ReactNode; wide?: boolean }) {
	const ref = useRef<HTMLDialogElement>(null);
	const id = useId();

	/* Before the element goes, so that the browser can give the focus back. */
	useLayoutEffect(() => {
		const dialog = ref.current;
		if (dialog && !dialog.open) {
			dialog.showModal();
			/* To the first thing to fill in, rather than to the cross. */
			dialog.querySelector<HTMLElement>("input:not([readonly]), textarea")?.focus();
		}
		return () => dialog?.close();
	}, []);

	function outside(event: MouseEvent) {
		if (event.target === ref.current)
			onClose();
	}

	return (
		<dialog ref={ref} className={`${styles.dialog} ${wide ? styles.wide : ""}`} aria-labelledby={id} onClose={onClose}
			onCancel={(e) => { e.preventDefault(); onClose(); }} onMouseDown={outside}>
			<div className={styles.body}>
				<div className={styles.head}>
					<h2 id={id}>{title}</h2>
					<Button look="bare" aria-label="Close" onClick={onClose}><Icon name="close" /></Button>
				</div>
				{children}
			</div>
		</dialog>
	);
}

export function DialogActions({ children }: { children: ReactNode }) {
	return <div className={styles.actions}>{children}</div>;
}
