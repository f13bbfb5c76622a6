/* verdict.ts - how a run ended, in words: what, and whether that is good. */
import type { Run } from "../../api/types";

export interface Verdict {
	text: string;
	tone: "good" | "bad" | "busy" | "plain";
}

const signals: Record<number, string> = { 4: "illegal instruction", 6: "aborted", 8: "arithmetic error", 9: "killed", 11: "segmentation fault", 13: "broken pipe", 15: "terminated" };

/* Of a test run: how many passed, beside why it did not pass. */
export function verdict(run: Run): Verdict {
	const { text, tone } = ending(run);
	if (!run.cases)
		return { text, tone };
	const { total, decided, passed } = run.cases;
	if (tone === "busy")
		return { text: run.status === "running" ? `testing ${Math.min(decided + 1, total)} of ${total}` : text, tone };
	return { text: tone === "good" ? `${passed} of ${total} passed` : `${text}, ${passed} of ${total} passed`, tone };
}

function ending(run: Run): Verdict {
	switch (run.status) {
	case "queued":
		return { text: "waiting", tone: "busy" };
	case "starting":
		return { text: "starting", tone: "busy" };
	case "installing":
		return { text: "installing libraries", tone: "busy" };
	case "compiling":
		return { text: "compiling", tone: "busy" };
	case "running":
		return { text: "running", tone: "busy" };
	case "ok":
		return { text: `exit ${run.exit_code ?? 0}`, tone: "good" };
	case "wrong_answer":
		return { text: "wrong answer", tone: "bad" };
	case "runtime_error":
		return { text: run.signal ? signals[run.signal] ?? `signal ${run.signal}` : `exit ${run.exit_code ?? 1}`, tone: "bad" };
	case "compile_error":
		return { text: "does not compile", tone: "bad" };
	case "dependency_error":
		return { text: "no such libraries", tone: "bad" };
	case "time_limit":
		return { text: "out of time", tone: "bad" };
	case "memory_limit":
		return { text: "out of memory", tone: "bad" };
	case "output_limit":
		return { text: "too much output", tone: "bad" };
	case "cancelled":
		return { text: "stopped", tone: "plain" };
	case "runner_lost":
		return { text: "its runner was lost", tone: "bad" };
	case "internal_error":
		return { text: "could not run", tone: "bad" };
	}
}
