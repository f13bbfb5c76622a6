/*
 * lines.ts - expected and got beside each other, line by line, as the server compares them: white space at the ends of
 * lines and of the whole does not count.
 */
export interface Pair {
	number: number;
	expected: string | null;	/* null: it has no such line */
	got: string | null;
	same: boolean;
}

const MOST = 400;

function split(text: string): string[] {
	const lines = text.split("\n").map((line) => line.replace(/[ \t\r\f\v]+$/, ""));
	while (lines.length > 0 && lines.at(-1) === "")
		lines.pop();
	return lines;
}

/* The beginning of it: what is longer is not read by anybody. */
export function pairs(expected: string, got: string): { lines: Pair[]; more: number } {
	const [a, b] = [split(expected), split(got)];
	const length = Math.max(a.length, b.length);
	const lines = Array.from({ length: Math.min(length, MOST) }, (_, i) => {
		const [x, y] = [a[i] ?? null, b[i] ?? null];
		return { number: i + 1, expected: x, got: y, same: x === y };
	});
	return { lines, more: length - lines.length };
}
