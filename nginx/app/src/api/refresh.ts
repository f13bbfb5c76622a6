/*
 * refresh.ts - keep the session's five-minute token fresh, once for everybody.
 *
 * A refresh token works once, so concurrent calls and tabs must not each spend one. Inside a tab
 * they share one promise; between tabs they queue for a lock, and whoever gets it looks first
 * whether another tab has refreshed since. Two notes in local storage make that work and keep
 * needless 401s away:
 *
 *   viva.session   "account" or "guest"; absent: nobody is signed in here, nothing to refresh
 *   viva.expires   when the access token in the cookie ends, ms
 *
 * Web Locks need TLS or localhost. Without them two tabs may refresh at once; the loser then asks
 * again with the cookie that the winner set.
 */
import { keep, kept, keptNumber } from "../lib/kept";
import type { Session } from "./types";

export type Refreshed = "fresh" | "gone" | "unreachable";

const EARLY_MS = 30_000;
let pending: Promise<Refreshed> | null = null;

export function sessionKind(): "account" | "guest" | null {
	const kind = kept("session");
	return kind === "account" || kind === "guest" ? kind : null;
}

/* Remember a session that signing in, joining or refreshing answered. */
export function rememberSession(session: Session): void {
	keep("session", session.user ? "account" : "guest");
	keep("expires", String(Date.now() + session.expires_in * 1000));
}

export function forgetSession(): void {
	keep("session", null);
	keep("expires", null);
}

/* When the token in use ends; a request remembers it from before it was sent. */
export function expiry(): number {
	return keptNumber("expires", 0);
}

/* A new token, unless somebody has got one that ends later than `before`. */
export function refresh(before: number): Promise<Refreshed> {
	pending ??= locked(() => refreshOnce(before)).finally(() => {
		pending = null;
	});
	return pending;
}

/* Before a request or a handshake: renew a token that is about to end. */
export async function ensureFresh(): Promise<void> {
	if (sessionKind() !== null && expiry() - EARLY_MS < Date.now())
		await refresh(expiry());
}

function locked(work: () => Promise<Refreshed>): Promise<Refreshed> {
	return "locks" in navigator ? navigator.locks.request("viva.refresh", work).then((r) => r) : work();
}

async function refreshOnce(before: number): Promise<Refreshed> {
	if (expiry() > before)
		return "fresh";
	try {
		const res = await fetch("/api/auth/refresh", { method: "POST" });
		if (res.ok) {
			rememberSession(await res.json() as Session);
			return "fresh";
		}
		if (res.status !== 401)
			return "unreachable";
	} catch {
		return "unreachable";
	}
	if (expiry() > before)
		return "fresh";
	forgetSession();
	return "gone";
}
