/*
 * ansi.ts - colours in what a program prints.
 *
 * Understands the SGR sequences that set one of 16 colours, bold and reset; swallows every other
 * escape sequence. A carriage return inside a chunk takes back its line, as a terminal would. What
 * a chunk leaves set holds for the next one of its stream.
 */
export interface Segment {
	text: string;
	colour: number | null;
	bold: boolean;
}

export type Style = Omit<Segment, "text">;
export const unstyled: Style = { colour: null, bold: false };

/* eslint-disable no-control-regex */
const ESCAPE = /\x1b\[([\d;]*)([@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\-_]|[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]/g;

export function parseAnsi(text: string, start: Style): { segments: Segment[]; end: Style } {
	const segments: Segment[] = [];
	let style = start;
	let at = 0;
	const plain = overwritten(text);
	for (const match of plain.matchAll(ESCAPE)) {
		if (match.index > at)
			segments.push({ text: plain.slice(at, match.index), ...style });
		at = match.index + match[0].length;
		if (match[2] === "m")
			style = restyle(style, match[1] ?? "");
	}
	if (at < plain.length)
		segments.push({ text: plain.slice(at), ...style });
	return { segments, end: style };
}

function overwritten(text: string): string {
	return text.includes("\r") ? text.replaceAll("\r\n", "\n").replace(/[^\n]*\r(?=[^\n])/g, "").replaceAll("\r", "") : text;
}

function restyle(style: Style, codes: string): Style {
	let next = style;
	for (const code of (codes === "" ? "0" : codes).split(";").map(Number)) {
		if (code === 0)
			next = unstyled;
		else if (code === 1 || code === 22)
			next = { ...next, bold: code === 1 };
		else if (code === 39)
			next = { ...next, colour: null };
		else if (code >= 30 && code <= 37)
			next = { ...next, colour: code - 30 };
		else if (code >= 90 && code <= 97)
			next = { ...next, colour: code - 90 };
		else if (code === 38 || code === 48)
			break;
	}
	return next;
}
