/*
 * current.ts - the editor that is open, for what is around it: the status bar, the symbol row, the
 * shortcuts that move focus. Types apart, nothing of CodeMirror is imported here: the room shows before the editor has come.
 */
import type { EditorView } from "@codemirror/view";
import { createStore } from "../../lib/store";
import type { Position } from "./setup";

export const current = createStore<{ position: Position; focused: boolean }>({ position: { line: 1, column: 1, selected: 0 }, focused: false });

class Editors {
	view: EditorView | null = null;
	path: string | null = null;
	private readonly places = new Map<string, { anchor: number; head: number; top: number }>();

	/* The view is there now; call the result before it goes. */
	enter(path: string, view: EditorView): () => void {
		const place = this.places.get(path);
		const length = view.state.doc.length;
		this.view = view;
		this.path = path;
		if (place)
			view.dispatch({ selection: { anchor: Math.min(place.anchor, length), head: Math.min(place.head, length) } });
		view.contentDOM.addEventListener("focus", () => current.set({ focused: true }));
		view.contentDOM.addEventListener("blur", () => current.set({ focused: false }));
		requestAnimationFrame(() => {
			if (this.view !== view)
				return;
			view.scrollDOM.scrollTop = place?.top ?? 0;
			if (!document.activeElement || document.activeElement === document.body)
				view.focus();
		});
		return () => {
			const { anchor, head } = view.state.selection.main;
			this.places.set(path, { anchor, head, top: view.scrollDOM.scrollTop });
			if (this.view === view)
				this.view = null;
			current.set({ focused: false });
		};
	}

	focus(): void {
		this.view?.focus();
	}

	insert(text: string): void {
		const { view } = this;
		if (!view || view.state.readOnly)
			return;
		view.dispatch(view.state.replaceSelection(text), { userEvent: "input.type", scrollIntoView: true });
	}
}

export const editors = new Editors();
