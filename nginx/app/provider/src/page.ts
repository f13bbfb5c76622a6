/*
 * page.ts - what a browser tells about its network and its page. Elsewhere nothing is watched.
 */
export interface PageEvents {
  online(): void;
  offline(): void;
  visible(): void;
  /* The page came back out of the back-forward cache, or was thawed. */
  back(): void;
  /* The page goes away, perhaps for good. */
  away(): void;
}

/* Returns how to stop watching. */
export function watchPage(on: PageEvents): () => void {
  if (typeof window === "undefined" || typeof document === "undefined") return () => {};
  const end = new AbortController();
  const { signal } = end;

  window.addEventListener("online", () => on.online(), { signal });
  window.addEventListener("offline", () => on.offline(), { signal });
  window.addEventListener("pagehide", () => on.away(), { signal });
  window.addEventListener("pageshow", (event) => event.persisted && on.back(), { signal });
  document.addEventListener("resume", () => on.back(), { signal });
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && on.visible(), { signal });
  return () => end.abort();
}
