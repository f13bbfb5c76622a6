/* ids.ts - 128 random bits as 22 characters, the form of every id here. Works without TLS, where randomUUID does not. */
export function newId(): string {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").slice(0, 22);
}
