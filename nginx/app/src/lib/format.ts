/* format.ts - times, sizes and names as a person reads them. */

export function initials(name: string): string {
	const words = name.trim().split(/\s+/u).filter(Boolean);
	const first = Array.from(words[0] ?? "?")[0] ?? "?";
	const last = words.length > 1 ? Array.from(words[words.length - 1] ?? "")[0] ?? "" : Array.from(words[0] ?? "")[1] ?? "";
	return (first + last).toLocaleUpperCase();
}

export function milliseconds(ms: number): string {
	if (ms < 1000)
		return `${Math.round(ms)} ms`;
	return ms < 60_000 ? `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s` : span(ms);
}

export function kilobytes(kb: number): string {
	if (kb < 1024)
		return `${kb} KB`;
	const mb = kb / 1024;
	return `${mb < 100 ? mb.toFixed(1) : Math.round(mb)} MB`;
}

/* 47 min, 1 h 12 min */
export function span(ms: number): string {
	const minutes = Math.max(0, Math.floor(ms / 60_000));
	if (minutes < 60)
		return `${minutes} min`;
	if (minutes < 48 * 60)
		return minutes % 60 === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
	return `${Math.floor(minutes / 1440)} days`;
}

/* 32:07, 1:04:09 */
export function clock(ms: number): string {
	const seconds = Math.max(0, Math.floor(ms / 1000));
	const two = (n: number) => String(n).padStart(2, "0");
	const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
	return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${two(m)}:${two(s)}`;
}

const day = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short" });
const time = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

export function timeOfDay(iso: string): string {
	return time.format(new Date(iso));
}

export function dayOf(iso: string): string {
	const date = new Date(iso);
	const today = new Date();
	return date.toDateString() === today.toDateString() ? `Today ${time.format(date)}` : day.format(date);
}

export function count(n: number, one: string, many = `${one}s`): string {
	return `${n} ${n === 1 ? one : many}`;
}
