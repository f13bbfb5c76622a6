/*
 * viewport.ts - the height that is left when a phone's keyboard is up, as --height on the root.
 *
 * Chrome shrinks the page by itself (interactive-widget in index.html); Safari only shrinks the
 * visual viewport, so the room follows that.
 */
export function followViewport(): () => void {
	const viewport = window.visualViewport;
	if (!viewport)
		return () => undefined;
	const root = document.documentElement;
	const follow = () => {
		if (viewport.scale === 1)
			root.style.setProperty("--height", `${Math.round(viewport.height)}px`);
	};
	follow();
	viewport.addEventListener("resize", follow);
	return () => {
		viewport.removeEventListener("resize", follow);
		root.style.removeProperty("--height");
	};
}
