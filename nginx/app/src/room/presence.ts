/*
 * presence.ts - a lease that says "I am here", renewed every 15 s and given up by a beacon as the
 * page goes away, so that others see one leave at once. The socket of the room's events says the same
 * connection: where no beacon is sent, its closing is what others see.
 */
import { answer, api } from "../api/client";
import type { Participant } from "../api/types";

const EVERY_MS = 15_000;

export function keepPresence(room: string, connection: string, onPresent: (here: Participant[]) => void, onProblem: (error: unknown) => void): () => void {
	async function renew() {
		try {
			const got = await answer(api.POST("/api/rooms/{room}/presence", {
				params: { path: { room } },
				body: { connection, state: "here" },
			}));
			onPresent(got.participants);
		} catch (error) {
			onProblem(error);
		}
	}

	function give() {
		const body = JSON.stringify({ connection, state: "gone" });
		navigator.sendBeacon(`/api/rooms/${room}/presence`, new Blob([body], { type: "application/json" }));
	}

	/* A page that comes back from the browser's page cache is here again. */
	function back(event: PageTransitionEvent) {
		if (event.persisted)
			void renew();
	}

	void renew();
	const timer = setInterval(() => void renew(), EVERY_MS);
	addEventListener("pagehide", give);
	addEventListener("pageshow", back);
	return () => {
		clearInterval(timer);
		removeEventListener("pagehide", give);
		removeEventListener("pageshow", back);
		give();
	};
}
