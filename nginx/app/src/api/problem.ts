/*
 * problem.ts - an answer that is not the one asked for, as something to throw and to show.
 *
 * The server says what to do in `detail` and names the field in `errors`. When there was no answer
 * at all, the problem is of type "unreachable" and says so in the same shape.
 */
import type { Problem } from "./types";

export class ProblemError extends Error {
	readonly problem: Problem;

	constructor(problem: Problem) {
		super(problem.detail ?? problem.title);
		this.name = "ProblemError";
		this.problem = problem;
	}

	/* What is wrong with one field of the request, or null. */
	field(name: string): string | null {
		return this.problem.errors?.find((e) => e.pointer.replace(/^\//, "") === name)?.detail ?? null;
	}

	get unreachable(): boolean {
		return this.problem.type === "unreachable";
	}
}

export const unreachable: Problem = {
	type: "unreachable",
	title: "The server does not answer",
	detail: "The server does not answer. Check the network and try again.",
	status: 503,
};

/* A gateway that is starting answers in HTML; make a problem of whatever came. */
export function toProblem(body: unknown, status: number): Problem {
	if (typeof body === "object" && body !== null && "title" in body && "status" in body)
		return body as Problem;
	if (status >= 500)
		return { type: "busy", title: "The server is busy", detail: "The server cannot answer just now. Try again in a moment.", status };
	return { type: "unknown", title: "That did not work", detail: `The server answered ${status}. Reload the page and try again.`, status };
}

export function asProblem(error: unknown): ProblemError {
	if (error instanceof ProblemError)
		return error;
	return new ProblemError(unreachable);
}
