/*
 * grammar.ts - what a file's name says about its language. Each mode is a chunk of its own, loaded by the editor.
 *
 * The room asks for the indent before there is an editor: of CodeMirror this file may import nothing but types,
 * or the room would load it all.
 */
import type { StreamParser } from "@codemirror/language";
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

const stream = (load: () => Promise<StreamParser<unknown>>, indent: number): Grammar => ({
	load: async () => {
		const [{ streamed }, mode] = await Promise.all([import("./stream"), load()]);
		return streamed(mode);
	},
	indent,
});

const cpp: Grammar = { load: async () => (await import("@codemirror/lang-cpp")).cpp(), indent: 4 };

const byEnding: Record<string, Grammar> = {
	py: python,
	js: script({ jsx: true }),
	mjs: script({}),
	cjs: script({}),
	json: script({}),
	ts: script({ typescript: true }),
	c: cpp,
	h: cpp,
	cc: cpp,
	cpp,
	hpp: cpp,
	java: { load: async () => (await import("@codemirror/lang-java")).java(), indent: 4 },
	rs: { load: async () => (await import("@codemirror/lang-rust")).rust(), indent: 4 },
	go: { load: async () => (await import("@codemirror/lang-go")).go(), indent: 4 },
	php: { load: async () => (await import("@codemirror/lang-php")).php(), indent: 4 },
	sql: { load: async () => (({ sql, SQLite }) => sql({ dialect: SQLite }))(await import("@codemirror/lang-sql")), indent: 2 },
	cs: stream(async () => (await import("@codemirror/legacy-modes/mode/clike")).csharp, 4),
	sh: stream(async () => (await import("@codemirror/legacy-modes/mode/shell")).shell, 4),
	rb: stream(async () => (await import("@codemirror/legacy-modes/mode/ruby")).ruby, 2),
	pl: stream(async () => (await import("@codemirror/legacy-modes/mode/perl")).perl, 4),
	pm: stream(async () => (await import("@codemirror/legacy-modes/mode/perl")).perl, 4),
	lua: stream(async () => (await import("@codemirror/legacy-modes/mode/lua")).lua, 2),
	pas: stream(async () => (await import("@codemirror/legacy-modes/mode/pascal")).pascal, 2),
	tcl: stream(async () => (await import("@codemirror/legacy-modes/mode/tcl")).tcl, 4),
	scm: stream(async () => (await import("@codemirror/legacy-modes/mode/scheme")).scheme, 2),
};

export function grammarOf(path: string): Grammar {
	return byEnding[path.split(".").pop() ?? ""] ?? plain;
}
