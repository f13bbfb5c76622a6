/*
 * runs.ts - the room's runs and what they print.
 *
 * Runs and chunks come twice, by events and by fetching; both ways are merged here by id and by
 * sequence number. A chunk after a gap is not shown until the gap was fetched. Everyone sees the
 * newest run, unless they have picked another from the list.
 */
import { answer, api } from "../../api/client";
import { asProblem, type ProblemError } from "../../api/problem";
import type { CaseVerdict, Run, RunChunk, RunFile, RunStatus } from "../../api/types";
import { announce } from "../../lib/announce";
import { newId } from "../../lib/ids";
import { createStore } from "../../lib/store";
import { verdict } from "./verdict";

export interface Output {
	chunks: RunChunk[];
	last: number;
	done: boolean;
}

interface RunsState {
	list: Run[];
	outputs: ReadonlyMap<string, Output>;
	picked: string | null;
	submitting: boolean;
	error: ProblemError | null;
}

const STAGES: readonly RunStatus[] = ["queued", "starting", "compiling", "running"];
const none: Output = { chunks: [], last: 0, done: false };

/* Without an input that was set before, people type while it runs; a minute is for them to think. */
const typed = { interactive: true, wall_ms: 60_000 };

export function isActive(run: Run | undefined): boolean {
	return run !== undefined && STAGES.includes(run.status);
}

/* How far a run has come. An answer may arrive after the event that followed it. */
function stage(run: Run): number {
	return isActive(run) ? STAGES.indexOf(run.status) : STAGES.length;
}

export class Runs {
	readonly state = createStore<RunsState>({ list: [], outputs: new Map(), picked: null, submitting: false, error: null });
	private readonly fetching = new Set<string>();
	private loaded = false;

	constructor(private readonly room: string) {}

	/* Fetch what happened while nobody listened. */
	async catchUp(): Promise<void> {
		const got = await answer(api.GET("/api/rooms/{room}/runs", { params: { path: { room: this.room } } }));
		for (const run of got.runs)
			this.onRun(run);
		this.loaded = true;
		const shown = shownRun(this.state.get());
		if (shown)
			await this.fetchOutput(shown.id);
	}

	async submit(language: string, files: Promise<{ document: true } | { files: RunFile[] }>, what: { input?: string; test?: true }): Promise<void> {
		this.state.set({ submitting: true, error: null, picked: null });
		try {
			this.onRun(await answer(api.POST("/api/rooms/{room}/runs", {
				params: { path: { room: this.room } },
				body: { language, ...await files, ...(what.input || what.test ? what : typed), idempotency_key: newId() },
			})));
		} catch (e) {
			this.state.set({ error: asProblem(e) });
		}
		this.state.set({ submitting: false });
	}

	async cancel(id: string): Promise<void> {
		try {
			this.onRun(await answer(api.POST("/api/runs/{run}/cancel", { params: { path: { run: id } } })));
		} catch (e) {
			this.state.set({ error: asProblem(e) });
		}
	}

	pick(id: string | null): void {
		this.state.set({ picked: id });
		if (id !== null)
			void this.fetchOutput(id);
	}

	dismiss(): void {
		this.state.set({ error: null });
	}

	onRun(run: Run): void {
		const known = this.state.get().list.find((r) => r.id === run.id);
		if (known && stage(run) < stage(known))
			return;
		this.state.set(({ list }) => ({
			list: known ? list.map((r) => (r.id === run.id ? run : r)) : [...list, run].sort((a, b) => b.created_at.localeCompare(a.created_at)),
		}));
		if (!isActive(run) && this.loaded && (!known || isActive(known))) {
			announce(`Run by ${run.name ?? "someone"} finished: ${verdict(run).text}`);
			void this.fetchOutput(run.id);
		}
	}

	/* Counts as the run does; its own next state says the same. */
	onVerdict(id: string, { status }: CaseVerdict): void {
		const run = this.state.get().list.find((r) => r.id === id);
		if (!run?.cases || !isActive(run) || run.cases.decided >= run.cases.total)
			return;
		const { total, decided, passed } = run.cases;
		this.onRun({ ...run, cases: { total, decided: decided + 1, passed: passed + (status === "ok" ? 1 : 0) } });
	}

	onChunk(id: string, chunk: RunChunk): void {
		const output = this.state.get().outputs.get(id) ?? none;
		if (chunk.seq === output.last + 1)
			this.append(id, [chunk], false);
		else if (chunk.seq > output.last)
			void this.fetchOutput(id);
	}

	/* All that a run has printed after what is known here. */
	private async fetchOutput(id: string): Promise<void> {
		if (this.fetching.has(id) || this.state.get().outputs.get(id)?.done)
			return;
		this.fetching.add(id);
		try {
			for (let more = true; more;) {
				const after = this.state.get().outputs.get(id)?.last ?? 0;
				const got = await answer(api.GET("/api/runs/{run}/output", { params: { path: { run: id }, query: { after } } }));
				this.append(id, got.chunks, got.done);
				more = !got.done && got.chunks.length > 0;
			}
		} catch {
			/* The events go on, and the next opening of the socket fetches again. */
		}
		this.fetching.delete(id);
	}

	private append(id: string, chunks: RunChunk[], done: boolean): void {
		this.state.set(({ outputs }) => {
			const before = outputs.get(id) ?? none;
			const fresh = chunks.filter((c) => c.seq > before.last);
			const last = fresh.at(-1)?.seq ?? before.last;
			return { outputs: new Map(outputs).set(id, { chunks: [...before.chunks, ...fresh], last, done: done || before.done }) };
		});
	}
}

export function shownRun({ list, picked }: Pick<RunsState, "list" | "picked">): Run | undefined {
	return picked === null ? list[0] : list.find((r) => r.id === picked) ?? list[0];
}
