/*
 * copy.ts - put a text on the clipboard; true when it is there.
 *
 * The clipboard API exists only where the page came by TLS or from localhost. A room served over
 * plain HTTP in a LAN falls back to selecting the text in a field.
 */
export async function copyText(text: string): Promise<boolean> {
	try {
		await navigator.clipboard.writeText(text);
		return true;
	} catch {
		return copyBySelection(text);
	}
}

function copyBySelection(text: string): boolean {
	const field = document.createElement("textarea");
	field.value = text;
	field.className = "quiet";
	(document.querySelector("dialog[open]") ?? document.body).append(field);
	field.select();
	const done = document.execCommand("copy");
	field.remove();
	return done;
}
