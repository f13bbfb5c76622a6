/* words.ts - a case's verdict in words, and whether that is good. */
import type { CaseStatus, CaseVerdict } from "../../api/types";
import type { Verdict } from "../run/verdict";

const words: Record<CaseStatus, [string, Verdict["tone"]]> = {
	waiting: ["waiting", "plain"],
	ok: ["passed", "good"],
	wrong_answer: ["wrong answer", "bad"],
	runtime_error: ["failed", "bad"],
	time_limit: ["out of time", "bad"],
	memory_limit: ["out of memory", "bad"],
	output_limit: ["too much output", "bad"],
	not_run: ["not run", "plain"],
};

export function caseVerdict({ status, exit_code, signal }: CaseVerdict): Verdict {
	const [text, tone] = words[status];
	if (status !== "runtime_error")
		return { text, tone };
	return { text: signal ? `signal ${signal}` : exit_code ? `exit ${exit_code}` : text, tone };
}

export function caseTitle({ number, name }: { number: number; name?: string }): string {
	return name ? `${number}. ${name}` : `Case ${number}`;
}
