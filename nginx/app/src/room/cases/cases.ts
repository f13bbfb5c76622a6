/*
 * cases.ts - the room's test cases, and what became of them in test runs.
 *
 * Events carry no input and no output: they say that something was decided, and what one may read of it is fetched.
 * While a run goes on its cases have the verdicts that were heard; when it has ended they are fetched once more.
 */
import { answer, api } from "../../api/client";
import { asProblem, type ProblemError } from "../../api/problem";
import type { CaseVerdict, Run, RunCase, TestCase, TestCaseNew } from "../../api/types";
import { createStore } from "../../lib/store";

interface CasesState {
	list: TestCase[] | null;	/* null: not known yet */
	results: ReadonlyMap<string, RunCase[]>;
	error: ProblemError | null;	/* of fetching */
}

export class Cases {
	readonly state = createStore<CasesState>({ list: null, results: new Map(), error: null });
	private readonly whole = new Set<string>();
	private readonly fetching = new Map<string, Run>();	/* as it stood when it was last wanted */

	constructor(private readonly room: string) {}

	async catchUp(): Promise<void> {
		try {
			const { cases } = await answer(api.GET("/api/rooms/{room}/cases", { params: { path: { room: this.room } } }));
			this.state.set({ list: cases, error: null });
		} catch (e) {
			this.state.set({ error: asProblem(e) });
		}
	}

	/* Throws the problem: the editor of the cases shows it at its field. */
	async save(cases: TestCaseNew[]): Promise<void> {
		const stored = await answer(api.PUT("/api/rooms/{room}/cases", { params: { path: { room: this.room } }, body: { cases } }));
		this.state.set({ list: stored.cases });
	}

	/* Somebody looks at a test run. */
	want(run: Run): void {
		if (run.cases && (!this.state.get().results.has(run.id) || (run.ended_at && !this.whole.has(run.id))))
			void this.fetch(run);
	}

	onVerdict(run: string, verdict: CaseVerdict): void {
		const known = this.state.get().results.get(run);
		if (known)
			this.put(run, known.map((c) => (c.verdict.number === verdict.number ? { ...c, verdict: { ...c.verdict, ...verdict } } : c)));
	}

	private async fetch(run: Run): Promise<void> {
		const busy = this.fetching.has(run.id);
		this.fetching.set(run.id, run);
		if (busy)
			return;
		try {
			const { cases } = await answer(api.GET("/api/runs/{run}/cases", { params: { path: { run: run.id } } }));
			this.put(run.id, cases);
			if (run.ended_at)
				this.whole.add(run.id);
			this.state.set({ error: null });
		} catch (e) {
			this.state.set({ error: asProblem(e) });
		}
		const wanted = this.fetching.get(run.id);
		this.fetching.delete(run.id);
		if (wanted?.ended_at && !run.ended_at)
			this.want(wanted);
	}

	private put(run: string, cases: RunCase[]): void {
		this.state.set(({ results }) => ({ results: new Map(results).set(run, cases) }));
	}
}
