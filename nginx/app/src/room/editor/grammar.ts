/* grammar.ts - what a file's name says about its language. Each mode is a chunk of its own. */
import type { Extension } from "@codemirror/state";

interface Grammar {
	load: (() => Promise<Extension>) | null;
	indent: number;
}

const plain: Grammar = { load: null, indent: 4 };
const python: Grammar = { load: async () => (await import("@codemirror/lang-python")).python(), indent: 4 };

const script = (options: { typescript?: boolean; jsx?: boolean }): Grammar => ({
	load: async () => (await import("@codemirror/lang-javascript")).javascript(options),
	indent: 2,
});

const byEnding: Record<string, Grammar> = {
	py: python,
	js: script({ jsx: true }),
	mjs: script({}),
	cjs: script({}),
	json: script({}),
	ts: script({ typescript: true }),
};

export function grammarOf(path: string): Grammar {
	return byEnding[path.split(".").pop() ?? ""] ?? plain;
}
