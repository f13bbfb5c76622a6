/*
 * splitter.tsx - the line between two panes: drag it, or focus it and use the arrow keys.
 *
 * Home goes back to the usual size; Enter and a double click fold the pane it belongs to.
 */
import type { KeyboardEvent, PointerEvent } from "react";
import styles from "./splitter.module.css";

interface Props {
	/* The line itself runs so; a vertical one sits between left and right. */
	direction: "vertical" | "horizontal";
	label: string;
	controls: string;
	value: number;
	bounds: { least: number; most: number; usual: number };
	onResize: (to: number) => void;
	onFold: () => void;
}

const STEP = 16;

export function Splitter({ direction, label, controls, value, bounds, onResize, onFold }: Props) {
	const grows = direction === "vertical" ? "ArrowLeft" : "ArrowUp";
	const shrinks = direction === "vertical" ? "ArrowRight" : "ArrowDown";

	function onKeyDown(event: KeyboardEvent) {
		const to = { [grows]: value + STEP, [shrinks]: value - STEP, Home: bounds.usual }[event.key];
		if (to !== undefined)
			onResize(to);
		else if (event.key === "Enter")
			onFold();
		else
			return;
		event.preventDefault();
	}

	function onPointerDown(event: PointerEvent<HTMLDivElement>) {
		if (event.button !== 0)
			return;
		const line = event.currentTarget;
		const at = (e: { clientX: number; clientY: number }) => (direction === "vertical" ? e.clientX : e.clientY);
		const from = at(event);
		line.setPointerCapture(event.pointerId);
		line.onpointermove = (move) => onResize(value + from - at(move));
		line.onpointerup = line.onpointercancel = () => {
			line.onpointermove = line.onpointerup = line.onpointercancel = null;
		};
		event.preventDefault();
		line.focus({ preventScroll: true });
	}

	return (
		<div className={`${styles.line} ${styles[direction]}`} role="separator" tabIndex={0} aria-orientation={direction} aria-label={label}
			aria-controls={controls} aria-valuenow={value} aria-valuemin={bounds.least} aria-valuemax={bounds.most}
			onKeyDown={onKeyDown} onPointerDown={onPointerDown} onDoubleClick={onFold} />
	);
}
