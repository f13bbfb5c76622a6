/*
 * transcript.tsx - what a run printed, stdout and stderr told apart.
 *
 * Chunks never change, so each is parsed once and remembered together with the style it leaves
 * behind. The view follows the end as long as one has not scrolled away from it. A screen reader is
 * not read every line: the log is there to be visited, and the ending is announced elsewhere.
 */
import { memo, useLayoutEffect, useRef } from "react";
import type { RunChunk } from "../../api/types";
import { parseAnsi, unstyled, type Segment, type Style } from "./ansi";
import styles from "./transcript.module.css";

/* As much as stays quick to lay out. */
const SHOWN_CHARACTERS = 400_000;

interface Parsed {
	segments: Segment[];
	end: Style;
}

const parsed = new WeakMap<RunChunk, Parsed>();

function parse(chunks: RunChunk[]): void {
	const left: Partial<Record<RunChunk["stream"], Style>> = {};
	for (const chunk of chunks) {
		let result = parsed.get(chunk);
		if (!result) {
			result = parseAnsi(chunk.stream === "stdin" ? chunk.data.replace("\u0004", "^D\n") : chunk.data, left[chunk.stream] ?? unstyled);
			parsed.set(chunk, result);
		}
		left[chunk.stream] = result.end;
	}
}

/* The last chunks that fit. */
function tail(chunks: RunChunk[]): RunChunk[] {
	let room = SHOWN_CHARACTERS;
	let from = chunks.length;
	while (from > 0 && room > 0)
		room -= chunks[--from]?.data.length ?? 0;
	return from === 0 ? chunks : chunks.slice(from);
}

const streamNames: Record<RunChunk["stream"], string> = { stdout: "", stderr: "error", system: "system", stdin: "input" };

const Chunk = memo(function Chunk({ chunk }: { chunk: RunChunk }) {
	return (
		<span className={styles[chunk.stream]} data-stream={chunk.stream} data-seq={chunk.seq} title={streamNames[chunk.stream] || undefined}>
			{parsed.get(chunk)?.segments.map((s, i) => {
				const classes = [s.colour === null ? "" : styles[`c${s.colour}`], s.bold ? styles.bold : ""].join(" ").trim();
				return classes ? <span key={i} className={classes}>{s.text}</span> : s.text;
			})}
		</span>
	);
});

export function Transcript({ chunks, ending }: { chunks: RunChunk[]; ending: string | null }) {
	const box = useRef<HTMLPreElement>(null);
	const follows = useRef(true);
	parse(chunks);
	const shown = tail(chunks);

	useLayoutEffect(() => {
		if (box.current && follows.current)
			box.current.scrollTop = box.current.scrollHeight;
	}, [chunks, ending]);

	function onScroll() {
		const { scrollTop, scrollHeight, clientHeight } = box.current ?? { scrollTop: 0, scrollHeight: 0, clientHeight: 0 };
		follows.current = scrollHeight - scrollTop - clientHeight < 24;
	}

	return (
		<pre ref={box} className={styles.transcript} role="log" aria-live="off" aria-label="Output" tabIndex={0} onScroll={onScroll}>
			{shown.length < chunks.length ? <span className={styles.note}>— the beginning is not shown —{"\n"}</span> : null}
			{shown.map((chunk) => <Chunk key={chunk.seq} chunk={chunk} />)}
			{ending ? <span className={styles.note}>{endsLine(chunks) ? "" : "\n"}— {ending} —</span> : null}
		</pre>
	);
}

function endsLine(chunks: RunChunk[]): boolean {
	return chunks.at(-1)?.data.endsWith("\n") ?? true;
}
