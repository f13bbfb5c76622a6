/*
 * session.ts - who is at this browser: an account, a guest of one room, or nobody.
 *
 * "unknown" lasts until the server has answered once. A browser without the note that refresh.ts
 * leaves is nobody without asking.
 */
import { answer, api } from "../api/client";
import { asProblem } from "../api/problem";
import { forgetSession, rememberSession, sessionKind } from "../api/refresh";
import type { Participant, Session, User } from "../api/types";
import { createStore } from "../lib/store";

export type Who =
	| { kind: "unknown" }
	| { kind: "nobody" }
	| { kind: "account"; user: User }
	| { kind: "guest"; participant: Participant };

export const session = createStore<{ who: Who }>({
	who: sessionKind() === null ? { kind: "nobody" } : { kind: "unknown" },
});

function setWho(from: { user?: User; participant?: Participant }): void {
	if (from.user)
		session.set({ who: { kind: "account", user: from.user } });
	else if (from.participant)
		session.set({ who: { kind: "guest", participant: from.participant } });
	else
		session.set({ who: { kind: "nobody" } });
}

/* Signing in, signing up and joining end here. */
export function enter(answered: Session): void {
	rememberSession(answered);
	setWho(answered);
}

export function changed(user: User): void {
	session.set({ who: { kind: "account", user } });
}

/* Ask the server who we are; throws when it cannot be asked. */
export async function whoAmI(): Promise<Who> {
	if (sessionKind() === null) {
		setWho({});
	} else if (session.get().who.kind === "unknown") {
		try {
			setWho(await answer(api.GET("/api/me")));
		} catch (error) {
			if (asProblem(error).problem.status !== 401)
				throw error;
			nobody();
		}
	}
	return session.get().who;
}

/* The session is over, whoever ended it. */
export function nobody(): void {
	forgetSession();
	setWho({});
}

export async function signOut(): Promise<void> {
	await answer(api.POST("/api/auth/signout"));
	nobody();
}
