/*
 * theme.ts - the editor's look, all of it from the tokens, so that one theme serves light and dark.
 *
 * The editor lives in a shadow root: there CodeMirror mounts its styles as constructed style sheets,
 * which a strict Content-Security-Policy allows, where in the document it would add a <style>
 * element, which it forbids. Custom properties reach through.
 */
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags as t } from "@lezer/highlight";

const look = EditorView.theme({
	"&": { height: "100%", color: "var(--text)", backgroundColor: "var(--bg)", fontSize: "var(--code-size, 14px)" },
	"&.cm-focused": { outline: "none" },
	".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "22px", overflow: "auto", scrollbarWidth: "thin" },
	".cm-content": { padding: "10px 0 40vh", caretColor: "var(--text)" },
	".cm-line": { padding: "0 16px 0 4px" },
	".cm-gutters": { backgroundColor: "var(--bg)", color: "var(--text-3)", border: "0" },
	".cm-lineNumbers .cm-gutterElement": { minWidth: "var(--gutter, 52px)", padding: "0 12px 0 0" },
	".cm-activeLine": { backgroundColor: "transparent" },
	"&.cm-focused .cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--accent) 7%, transparent)" },
	".cm-activeLineGutter": { backgroundColor: "transparent" },
	"&.cm-focused .cm-activeLineGutter": { color: "var(--text-2)", backgroundColor: "color-mix(in srgb, var(--accent) 7%, transparent)" },
	".cm-cursor": { borderLeft: "2px solid var(--text)", marginLeft: "-1px" },
	".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
		backgroundColor: "var(--selected)",
	},
	".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { backgroundColor: "color-mix(in srgb, var(--accent) 14%, transparent)", outline: "1px solid color-mix(in srgb, var(--accent) 45%, transparent)" },
	".cm-nonmatchingBracket, &.cm-focused .cm-nonmatchingBracket": { backgroundColor: "color-mix(in srgb, var(--danger) 18%, transparent)" },
	".cm-placeholder": { color: "var(--text-3)" },
	".cm-specialChar": { color: "var(--danger)" },
	".cm-searchMatch": { backgroundColor: "color-mix(in srgb, var(--warn) 20%, transparent)" },
	".cm-searchMatch-selected": { outline: "1px solid var(--warn)" },
	".cm-selectionMatch": { backgroundColor: "color-mix(in srgb, var(--accent) 14%, transparent)" },
	".cm-panels": { backgroundColor: "var(--surface)", color: "var(--text)", borderColor: "var(--line)", font: "13px var(--sans)" },
	".cm-panels-top": { borderBottom: "1px solid var(--line)" },
	".cm-panel.cm-search": { padding: "8px 32px 8px 12px", "& label": { fontSize: "12.5px", color: "var(--text-2)" } },
	".cm-panel.cm-search [name=close]": { top: "8px", right: "8px", color: "var(--text-2)", fontSize: "18px" },
	".cm-textfield": { backgroundColor: "var(--bg)", color: "var(--text)", border: "1px solid var(--edge)", borderRadius: "6px", padding: "3px 8px", font: "13px var(--mono)" },
	".cm-button": { backgroundImage: "none", backgroundColor: "var(--raised)", color: "var(--text)", border: "1px solid var(--line)", borderRadius: "6px", padding: "3px 10px", font: "12.5px var(--sans)" },
	".cm-tooltip": { backgroundColor: "var(--bg)", color: "var(--text)", border: "1px solid var(--line)", borderRadius: "8px", boxShadow: "var(--float)" },
	".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--raised)", color: "var(--text)" },
	":focus-visible": { outline: "2px solid var(--accent)", outlineOffset: "1px" },
	".cm-content:focus-visible": { outline: "none" },
});

const colours = HighlightStyle.define([
	{ tag: [t.keyword, t.modifier, t.operatorKeyword, t.self, t.null, t.bool, t.atom], color: "var(--syn-k)" },
	{ tag: [t.string, t.special(t.string), t.regexp], color: "var(--syn-s)" },
	{ tag: [t.function(t.variableName), t.function(t.propertyName), t.definition(t.function(t.variableName)), t.labelName], color: "var(--syn-f)" },
	{ tag: [t.number, t.escape, t.constant(t.variableName), t.standard(t.variableName)], color: "var(--syn-n)" },
	{ tag: [t.typeName, t.className, t.namespace, t.tagName, t.annotation, t.meta], color: "var(--syn-t)" },
	{ tag: [t.comment, t.docComment], color: "var(--syn-c)" },
	{ tag: t.heading, fontWeight: "600" },
	{ tag: t.strong, fontWeight: "600" },
	{ tag: t.emphasis, fontStyle: "italic" },
	{ tag: t.link, textDecoration: "underline" },
	{ tag: t.invalid, color: "var(--danger)" },
]);

export const theme = [look, syntaxHighlighting(colours)];
