/* keys.ts - how a shortcut is written on this machine, and whether an event is that shortcut. */
export const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

export const keyNames = {
	run: isMac ? "⌘↵" : "Ctrl ↵",
	stop: isMac ? "⌘." : "Ctrl .",
	side: isMac ? "⌘J" : "Ctrl J",
};

export function isMod(event: KeyboardEvent, key: string): boolean {
	return (isMac ? event.metaKey : event.ctrlKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === key;
}

/* Whether a plain letter typed here is text rather than a shortcut. */
export function isTyping(event: KeyboardEvent): boolean {
	const target = event.composedPath()[0];
	return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
