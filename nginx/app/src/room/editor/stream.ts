/* stream.ts - modes of CodeMirror 5, which are streams of tokens without a tree. */
import { StreamLanguage, type StreamParser } from "@codemirror/language";
import type { Extension } from "@codemirror/state";

export function streamed(mode: StreamParser<unknown>): Extension {
	return StreamLanguage.define(mode);
}
