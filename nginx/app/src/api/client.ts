/*
 * client.ts - the API with the contract's types.
 *
 *	const room = await answer(api.GET("/api/rooms/{room}", { params: { path: { room } } }));
 *
 * answer() gives the body or throws a ProblemError. The session is a cookie; a 401 leads to one
 * refresh and one retry, and a token that is about to end is renewed before it is used.
 */
import createClient from "openapi-fetch";
import type { paths } from "./generated";
import { ensureFresh, expiry, refresh, sessionKind } from "./refresh";
import { ProblemError, toProblem, unreachable } from "./problem";

/* These carry no session, or make one. */
const WITHOUT_SESSION = /\/api\/(auth\/(signup|signin|first|refresh|ways|recover|reset)|languages|health)$/;

const ATTEMPTS = 3;
const WAIT_MOST = 5;

/* What is only read is asked again where the server is too busy for a moment, or we were too fast: it cannot happen twice. */
async function patientFetch(request: Request): Promise<Response> {
	for (let attempt = 1; ; attempt++) {
		const res = await fetch(request.clone());
		const wait = Number(res.headers.get("retry-after"));
		if ((res.status !== 503 && res.status !== 429) || request.method !== "GET" || attempt === ATTEMPTS || !(wait > 0 && wait <= WAIT_MOST))
			return res;
		await new Promise((resolve) => setTimeout(resolve, wait * 1000));
	}
}

/* fetch, with a session that does not run out. The provider uses it too. */
export async function sessionFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
	const request = new Request(input, init);
	if (WITHOUT_SESSION.test(new URL(request.url).pathname))
		return fetch(request);
	await ensureFresh();
	const before = expiry();
	const again = request.clone();
	const res = await patientFetch(request);
	if (res.status !== 401 || sessionKind() === null)
		return res;
	switch (await refresh(before)) {
	case "fresh":
		return fetch(again);
	case "gone":
		return res;
	case "unreachable":
		/* Not a refusal: whoever asked may ask again. */
		return new Response(null, { status: 503 });
	}
}

export const api = createClient<paths>({ baseUrl: location.origin, fetch: sessionFetch });

interface Answered<T> {
	data?: T;
	error?: unknown;
	response: Response;
}

export async function answer<T>(call: Promise<Answered<T>>): Promise<T> {
	let got: Answered<T>;
	try {
		got = await call;
	} catch {
		throw new ProblemError(unreachable);
	}
	if (!got.response.ok)
		throw new ProblemError(toProblem(got.error, got.response.status));
	return got.data as T;
}
