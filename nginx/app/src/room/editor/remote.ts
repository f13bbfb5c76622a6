/*
 * remote.ts - other people's carets and selections.
 *
 * Awareness carries positions only, relative to the text, so that they hold while others type.
 * Whose they are comes from the room's list of participants. A label must always be readable:
 * where it would stick out of the view at the top it goes below the line, at the right end to the
 * left of the caret. That is measured, as the view may be scrolled to anywhere.
 *
 * Colours are classes (p1 ... p8), since the page's policy forbids style attributes in markup.
 */
import { Annotation, type Extension, type Range } from "@codemirror/state";
import { Decoration, EditorView, ViewPlugin, WidgetType, type DecorationSet, type ViewUpdate } from "@codemirror/view";
import type { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import type { Person } from "../people/people";

/* What each caret says of itself. */
export interface Whereabouts {
	participant?: string;
	user?: { name: string };
	file?: string;
	cursor?: { anchor: unknown; head: unknown } | null;
}

export interface RemoteConfig {
	text: Y.Text;
	path: string;
	awareness: Awareness;
	me: { id: string; name: string };
	/* Whether one's own caret is shown to others. */
	show: boolean;
	person: (id: string) => Person | undefined;
}

class Caret extends WidgetType {
	constructor(private readonly name: string, private readonly hue: number) {
		super();
	}

	override eq(other: Caret): boolean {
		return other.name === this.name && other.hue === this.hue;
	}

	toDOM(): HTMLElement {
		const caret = document.createElement("span");
		caret.className = `cm-person cm-p${this.hue}`;
		caret.setAttribute("aria-hidden", "true");
		const label = document.createElement("span");
		label.className = "cm-person-name";
		label.textContent = this.name;
		caret.append(label);
		return caret;
	}

	override get estimatedHeight(): number {
		return -1;
	}

	override ignoreEvent(): boolean {
		return true;
	}
}

interface Remote {
	head: number;
	anchor: number;
	name: string;
	hue: number;
}

/* How far a label reaches above the baseline. */
const LABEL_ABOVE = 30;

const moved = Annotation.define<boolean>();

class RemotePlugin {
	decorations: DecorationSet = Decoration.none;
	private readonly onAwareness: (change: { added: number[]; updated: number[]; removed: number[] }) => void;
	private readonly onScroll: () => void;

	constructor(private readonly view: EditorView, private readonly config: RemoteConfig) {
		const { awareness } = config;
		this.onAwareness = ({ added, updated, removed }) => {
			if ([...added, ...updated, ...removed].some((id) => id !== awareness.clientID))
				view.dispatch({ annotations: moved.of(true) });
		};
		this.onScroll = () => this.place();
		awareness.on("change", this.onAwareness);
		view.scrollDOM.addEventListener("scroll", this.onScroll, { passive: true });
		this.introduce();
		this.decorations = this.draw();
		this.place();
	}

	update(update: ViewUpdate): void {
		if (update.selectionSet || update.docChanged || update.focusChanged)
			this.tell(update);
		if (update.docChanged || update.transactions.some((tr) => tr.annotation(moved))) {
			this.decorations = this.draw();
			this.place();
		} else if (update.geometryChanged || update.viewportChanged) {
			this.place();
		}
	}

	destroy(): void {
		this.config.awareness.off("change", this.onAwareness);
		this.view.scrollDOM.removeEventListener("scroll", this.onScroll);
	}

	private introduce(): void {
		const { awareness, me, path, show } = this.config;
		if (!show)
			return awareness.setLocalState(null);
		awareness.setLocalState({ ...awareness.getLocalState(), participant: me.id, user: { name: me.name }, file: path });
	}

	/* One's own caret, for the others. It stays where it was when the editor loses focus. */
	private tell(update: ViewUpdate): void {
		const { awareness, text, show } = this.config;
		if (!show || !(update.view.hasFocus || update.docChanged))
			return;
		const { anchor, head } = update.state.selection.main;
		if (Math.max(anchor, head) > text.length)
			return;
		const at = (pos: number) => Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(text, pos)) as unknown;
		const cursor = { anchor: at(anchor), head: at(head) };
		const before = (awareness.getLocalState() as Whereabouts | null)?.cursor;
		if (JSON.stringify(before) !== JSON.stringify(cursor))
			awareness.setLocalStateField("cursor", cursor);
	}

	private remotes(): Remote[] {
		const { awareness, person, me } = this.config;
		const found: Remote[] = [];
		for (const [id, state] of awareness.getStates() as Map<number, Whereabouts>) {
			if (id === awareness.clientID || !state.cursor)
				continue;
			const who = person(state.participant ?? "");
			const anchor = this.index(state.cursor.anchor);
			const head = this.index(state.cursor.head);
			if (who && anchor !== null && head !== null)
				found.push({ anchor, head, name: who.id === me.id ? `${who.name} (you, elsewhere)` : who.name, hue: who.hue });
		}
		return found;
	}

	/* Awareness is written by others: whatever is not a position in this text is nowhere. */
	private index(position: unknown): number | null {
		const { text } = this.config;
		try {
			const at = Y.createAbsolutePositionFromRelativePosition(Y.createRelativePositionFromJSON(position), text.doc as Y.Doc, false);
			return at && at.type === text ? Math.min(at.index, this.view.state.doc.length) : null;
		} catch {
			return null;
		}
	}

	private draw(): DecorationSet {
		const ranges: Range<Decoration>[] = [];
		for (const { anchor, head, name, hue } of this.remotes()) {
			if (anchor !== head)
				ranges.push(Decoration.mark({ class: `cm-person-range cm-p${hue}` }).range(Math.min(anchor, head), Math.max(anchor, head)));
			ranges.push(Decoration.widget({ widget: new Caret(name, hue), side: head >= anchor ? -1 : 1 }).range(head));
		}
		return Decoration.set(ranges, true);
	}

	private place(): void {
		this.view.requestMeasure({
			key: this,
			read: (view) => {
				const frame = view.scrollDOM.getBoundingClientRect();
				return [...view.contentDOM.querySelectorAll<HTMLElement>(".cm-person")].map((caret) => {
					const at = caret.getBoundingClientRect();
					const width = (caret.firstElementChild as HTMLElement).offsetWidth;
					return { caret, below: at.top - frame.top < LABEL_ABOVE, left: at.left + width > frame.right - 4 };
				});
			},
			write: (places) => {
				for (const { caret, below, left } of places) {
					caret.classList.toggle("cm-person-below", below);
					caret.classList.toggle("cm-person-left", left);
				}
			},
		});
	}
}

const look = EditorView.baseTheme({
	/* Of no height and no width: a caret that comes must not move a line. */
	".cm-person": { position: "relative", display: "inline-block", width: "0", height: "0", pointerEvents: "none" },
	".cm-person::before": { content: "\"\"", position: "absolute", left: "-1px", bottom: "-5px", width: "2px", height: "20px", backgroundColor: "var(--person)" },
	".cm-person-name": {
		position: "absolute", bottom: "14px", left: "-1px", zIndex: "5", padding: "1px 5px", maxWidth: "18em", overflow: "hidden", textOverflow: "ellipsis",
		borderRadius: "4px 4px 4px 0", backgroundColor: "var(--person)", color: "var(--p-ink)", font: "600 10.5px/14px var(--sans)", whiteSpace: "nowrap", userSelect: "none",
	},
	".cm-person-below .cm-person-name": { bottom: "auto", top: "4px", borderRadius: "0 4px 4px 4px" },
	".cm-person-left .cm-person-name": { left: "auto", right: "-1px", borderRadius: "4px 4px 0 4px" },
	".cm-person-below.cm-person-left .cm-person-name": { borderRadius: "4px 0 4px 4px" },
	".cm-person-range": { backgroundColor: "light-dark(color-mix(in srgb, var(--person) 28%, transparent), color-mix(in srgb, var(--person) 20%, transparent))" },
	...Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8].map((n) => [`.cm-p${n}`, { "--person": `var(--p${n})` }])),
});

export function remoteCarets(config: RemoteConfig): Extension {
	return [ViewPlugin.define((view) => new RemotePlugin(view, config), { decorations: (plugin) => plugin.decorations }), look];
}
