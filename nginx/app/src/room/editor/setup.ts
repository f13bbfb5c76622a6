/* setup.ts - the editor of one file: a view on a Y.Text, with its own undo and others' carets. */
import { defaultKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, indentOnInput, indentUnit } from "@codemirror/language";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import {
	EditorView, crosshairCursor, drawSelection, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars,
	keymap, lineNumbers, placeholder, rectangularSelection,
} from "@codemirror/view";
import { yCollab, yUndoManagerKeymap } from "y-codemirror.next";
import type { RoomDocument } from "../document";
import { grammarOf } from "./grammar";
import { remoteCarets, type RemoteConfig } from "./remote";
import { theme } from "./theme";

export interface Position {
	line: number;
	column: number;
	selected: number;
}

export interface EditorConfig {
	document: RoomDocument;
	path: string;
	editable: boolean;
	hint: string;
	remote: Omit<RemoteConfig, "text" | "path" | "awareness">;
	onPosition: (at: Position) => void;
}

const editability = new Compartment();

function writable(editable: boolean): Extension {
	return [EditorState.readOnly.of(!editable), EditorView.editable.of(true)];
}

export function setEditable(view: EditorView, editable: boolean): void {
	view.dispatch({ effects: editability.reconfigure(writable(editable)) });
}

function positionOf(state: EditorState): Position {
	const { head, from, to } = state.selection.main;
	const line = state.doc.lineAt(head);
	return { line: line.number, column: head - line.from + 1, selected: to - from };
}

/* Text, selection and history stay as they are when a part arrives; without it, the text is plain and can be edited. */
function fill(view: EditorView, place: Compartment, part: Promise<Extension>): void {
	part.then((extension) => view.dispatch({ effects: place.reconfigure(extension) }), () => undefined);
}

/* Mount an editor into a shadow root (theme.ts says why) and load its lazy parts. */
export function createEditor(root: ShadowRoot, config: EditorConfig): EditorView {
	const { document: doc, path, remote } = config;
	const text = doc.text(path);
	const mode = new Compartment();
	const more = new Compartment();
	const grammar = grammarOf(path);

	const view = new EditorView({
		root,
		parent: root,
		state: EditorState.create({
			doc: text.toString(),
			extensions: [
				/* The undo keys go first: nothing else may undo in a shared text. */
				keymap.of(yUndoManagerKeymap),
				keymap.of([indentWithTab, ...defaultKeymap]),
				lineNumbers(), highlightActiveLine(), highlightActiveLineGutter(), highlightSpecialChars(),
				drawSelection(), EditorState.allowMultipleSelections.of(true), rectangularSelection(), crosshairCursor(),
				bracketMatching(), indentOnInput(), indentUnit.of(" ".repeat(grammar.indent)), EditorState.tabSize.of(grammar.indent),
				placeholder(config.hint),
				EditorView.contentAttributes.of({ tabindex: "0", "aria-label": `Code of ${path}. Escape, then Tab, leaves the editor.`, autocorrect: "off", autocapitalize: "off", spellcheck: "false" }),
				EditorView.updateListener.of((update) => {
					if (update.selectionSet || update.docChanged)
						config.onPosition(positionOf(update.state));
				}),
				editability.of(writable(config.editable)),
				mode.of([]),
				more.of([]),
				theme,
				yCollab(text, null, { undoManager: doc.undoManager(path) }),
				remoteCarets({ ...remote, text, path, awareness: doc.awareness }),
			],
		}),
	});
	config.onPosition(positionOf(view.state));
	if (grammar.load)
		fill(view, mode, grammar.load());
	fill(view, more, import("./extras").then(({ extras }) => extras));
	return view;
}
