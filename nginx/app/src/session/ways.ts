/* ways.ts - what this deployment has for who is not signed in: asked once, as a page needs it. */
import { answer, api } from "../api/client";
import { createStore } from "../lib/store";

export const ways = createStore<{ recover: boolean }>({ recover: false });
let asking: Promise<void> | null = null;

/* A server that does not answer has nothing to offer yet; the next page asks again. */
export function loadWays(): void {
	asking ??= answer(api.GET("/api/auth/ways")).then((found) => ways.set(found), () => {
		asking = null;
	});
}
