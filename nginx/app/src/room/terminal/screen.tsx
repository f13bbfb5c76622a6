/*
 * screen.tsx - the terminal's screen: xterm.js, in the size that all share.
 *
 * The grid is the terminal's own, the same for everybody. Who works in it, by focusing it or by changing the window
 * with the focus in it, gives it the size of their pane; the others see the same grid in smaller letters, and where
 * those would be too small they scroll. All keys are the shell's but those of the room (layout/shortcuts.ts): F6 leaves.
 */
import { FitAddon } from "@xterm/addon-fit";
import { Terminal as Xterm, type ITheme } from "@xterm/xterm";
import "@xterm/xterm/css/xterm.css";
import { useEffect, useRef } from "react";
import { useMedia } from "../../lib/media";
import { useStore } from "../../lib/store";
import { theme as chosen } from "../../lib/theme";
import { tame } from "./tame";
import type { RoomTerminal, Size } from "./terminal";
import styles from "./terminal.module.css";

const NAMES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"] as const;
const LIGHT = ["#161b26", "#b3261e", "#12794a", "#8a5a00", "#2f5fe0", "#7a3fd0", "#0f6c7a", "#4a556b"];
const DARK = ["#4a5366", "#ff7b7b", "#5bd39a", "#f2c063", "#7fb8ff", "#c79bff", "#6fd0dc", "#e8ecf4"];

/* Colours as they are computed: the tokens are light-dark() pairs, which xterm does not know. */
function colours(element: HTMLElement): ITheme {
	const { color, backgroundColor, caretColor } = getComputedStyle(element);
	const dark = Number(/\d+/.exec(backgroundColor)?.[0] ?? 255) < 128;
	const theme: Record<string, string> = { foreground: color, background: backgroundColor, cursor: caretColor, cursorAccent: backgroundColor, selectionBackground: dark ? "#7aa2ff55" : "#2f5fe033" };
	NAMES.forEach((name, i) => {
		theme[name] = theme[`bright${name[0]?.toUpperCase()}${name.slice(1)}`] = (dark ? DARK : LIGHT)[i] ?? color;
	});
	return theme;
}

function make(host: HTMLElement): { xterm: Xterm; fit: FitAddon; dispose: () => void } {
	const xterm = new Xterm({
		fontFamily: getComputedStyle(host).getPropertyValue("--mono"),
		fontSize: LETTERS.usual,
		scrollback: 5000,
		theme: colours(host),
		minimumContrastRatio: 4.5,
		screenReaderMode: false,
	});
	const fit = new FitAddon();
	const wild = tame();
	xterm.open(host);
	xterm.loadAddon(fit);
	return { xterm, fit, dispose: () => { xterm.dispose(); wild(); } };
}

function proposed(fit: FitAddon): Size | null {
	const { rows, cols } = fit.proposeDimensions() ?? { rows: NaN, cols: NaN };
	if (!Number.isFinite(rows) || !Number.isFinite(cols))
		return null;
	return { rows: Math.min(Math.max(rows, 2), 200), columns: Math.min(Math.max(cols, 10), 400) };
}

const LETTERS = { least: 8, usual: 13, wide: 0.602 };

/* Letters in which so many columns fit. */
function letters(host: HTMLElement, columns: number): number {
	const fitting = Math.floor((2 * (host.clientWidth - 26)) / (columns * LETTERS.wide)) / 2;
	return Math.min(Math.max(fitting, LETTERS.least), LETTERS.usual);
}

export function Screen({ terminal, edit }: { terminal: RoomTerminal; edit: boolean }) {
	const host = useRef<HTMLDivElement>(null);
	const may = useRef(edit);
	const dark = useMedia("(prefers-color-scheme: dark)");
	const wanted = useStore(chosen, (s) => s.chosen);
	const shown = useRef<Xterm | null>(null);
	may.current = edit;

	useEffect(() => {
		const element = host.current;
		if (!element)
			return;
		const { xterm, fit, dispose } = make(element);
		shown.current = xterm;
		const claim = () => {
			if (!may.current || !element.contains(document.activeElement))
				return;
			xterm.options.fontSize = LETTERS.usual;
			const size = proposed(fit);
			if (size)
				void terminal.resize(size);
		};
		xterm.onData((data) => {
			if (may.current)
				terminal.type(data);
		});
		const detach = terminal.attach({
			clear: () => xterm.reset(),
			write: (text) => xterm.write(text),
			resize: (rows, columns) => {
				xterm.options.fontSize = letters(element, columns);
				xterm.resize(columns, rows);
			},
		});
		const watcher = new ResizeObserver(claim);
		watcher.observe(element);
		element.addEventListener("focusin", claim);
		return () => {
			watcher.disconnect();
			element.removeEventListener("focusin", claim);
			detach();
			dispose();
			shown.current = null;
		};
	}, [terminal]);

	useEffect(() => {
		if (host.current && shown.current)
			shown.current.options.theme = colours(host.current);
	}, [dark, wanted]);

	useEffect(() => {
		if (shown.current)
			shown.current.options.disableStdin = !edit;
	}, [edit]);

	return <div ref={host} className={styles.screen} data-terminal />;
}
