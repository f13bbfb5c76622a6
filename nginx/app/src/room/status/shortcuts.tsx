/* shortcuts.tsx - the sheet behind `?`. */
import { isMac, keyNames } from "../../lib/keys";
import { Dialog } from "../../ui/dialog";
import styles from "./shortcuts.module.css";

const mod = isMac ? "⌘" : "Ctrl ";

const groups: [string, [string, string][]][] = [
	["Everywhere in a room", [
		["Run", keyNames.run],
		["Stop", keyNames.stop],
		["Show or hide results and chat", keyNames.side],
		["Next part of the page", "F6"],
		["Part before", "Shift F6"],
		["This sheet", "?"],
	]],
	["In the editor", [
		["Leave it", "Esc, then Tab"],
		["Find", `${mod}F`],
		["Comment lines", `${mod}/`],
		["Undo your own edits", `${mod}Z`],
		["Redo", isMac ? "⇧⌘Z" : "Ctrl Y"],
		["Move a line", "Alt ↑ ↓"],
	]],
	["On a line between panes", [
		["Resize", "Arrow keys"],
		["Usual size", "Home"],
		["Fold", "Enter"],
	]],
];

export function Shortcuts({ onClose }: { onClose: () => void }) {
	return (
		<Dialog title="Keyboard shortcuts" onClose={onClose}>
			{groups.map(([title, keys]) => (
				<section key={title} className={styles.group}>
					<h3>{title}</h3>
					<dl>{keys.map(([what, key]) => <div key={what}><dt>{what}</dt><dd><kbd>{key}</kbd></dd></div>)}</dl>
				</section>
			))}
		</Dialog>
	);
}
