/*
 * router.tsx - the address bar as state.
 *
 * Half a dozen pages need no library: a path, a way to change it, and a link that does not reload.
 */
import { useSyncExternalStore, type AnchorHTMLAttributes, type MouseEvent } from "react";

const MOVED = "viva:moved";

export function navigate(to: string, { replace = false } = {}): void {
	if (replace)
		history.replaceState(null, "", to);
	else
		history.pushState(null, "", to);
	dispatchEvent(new Event(MOVED));
	if (!replace)
		scrollTo(0, 0);
}

function subscribe(listener: () => void): () => void {
	addEventListener("popstate", listener);
	addEventListener(MOVED, listener);
	return () => {
		removeEventListener("popstate", listener);
		removeEventListener(MOVED, listener);
	};
}

export function usePath(): string {
	return useSyncExternalStore(subscribe, () => location.pathname);
}

/* The token in a link's fragment, which browsers never send to a server. */
export function fragmentToken(): string | null {
	return /(?:^#|[=/])([A-Za-z0-9_-]{22,64})$/.exec(location.hash)?.[1] ?? null;
}

export function Link({ href, onClick, ...rest }: AnchorHTMLAttributes<HTMLAnchorElement> & { href: string }) {
	function follow(event: MouseEvent<HTMLAnchorElement>) {
		onClick?.(event);
		if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
			return;
		event.preventDefault();
		navigate(href);
	}
	return <a href={href} onClick={follow} {...rest} />;
}
