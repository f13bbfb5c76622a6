/*
 * kept.ts - small things this browser remembers: sizes of panes, the theme, whether it is signed in.
 *
 * Storage may be switched off or full; then nothing is remembered and nothing breaks.
 */
const PREFIX = "viva.";

export function kept(name: string): string | null {
	try {
		return localStorage.getItem(PREFIX + name);
	} catch {
		return null;
	}
}

export function keep(name: string, value: string | null): void {
	try {
		if (value === null)
			localStorage.removeItem(PREFIX + name);
		else
			localStorage.setItem(PREFIX + name, value);
	} catch {
		/* See above. */
	}
}

export function keptNumber(name: string, otherwise: number): number {
	const value = Number(kept(name) ?? Number.NaN);
	return Number.isFinite(value) ? value : otherwise;
}
