/* extras.ts - what an editor can do without for its first second: search, and brackets that close. Loaded after it shows. */
import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { keymap } from "@codemirror/view";

export const extras = [
	closeBrackets(),
	search({ top: true }),
	highlightSelectionMatches(),
	keymap.of([...closeBracketsKeymap, ...searchKeymap]),
];
