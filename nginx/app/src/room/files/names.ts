/* names.ts - which files the room shows: the language's main file first, then the others by name. */
import type { Language } from "../../api/types";
import { PATH } from "../document";

export function mainFile(list: Language[], language: string): string | null {
	return list.find((l) => l.name === language)?.file ?? null;
}

export function shownFiles(main: string | null, indexed: string[]): string[] {
	return main === null ? indexed : [main, ...indexed.filter((path) => path !== main)];
}

/* What is wrong with a new file's name, or null. */
export function nameProblem(name: string, taken: string[]): string | null {
	if (name === "")
		return "Give the file a name, such as notes.txt.";
	if (name.length > 120 || !PATH.test(name))
		return "Use letters, digits, dots, dashes and underscores; a slash makes a folder.";
	return taken.includes(name) ? "There is a file of this name already." : null;
}
