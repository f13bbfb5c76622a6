/*
 * results.c - GET /api/runs/{run}/cases: a test run's cases and what became of each.
 *
 * What is not for the caller does not leave the database: the statement is told who asks.
 */
#include "testcases.h"
#include "run.h"

static void
show(const struct run_case_list_row *row, struct run_case *out)
{
	out->verdict = (struct case_verdict){ .number = row->number, .name = row->name, .hidden = row->hidden,
		.status = case_status_of(row->status),
		.has_exit_code = row->has_exit_code, .exit_code = row->exit_code,
		.has_signal = row->has_signal, .signal = row->signal,
		.has_cpu_ms = row->has_cpu_ms, .cpu_ms = row->cpu_ms,
		.has_wall_ms = row->has_wall_ms, .wall_ms = row->wall_ms,
		.has_memory_kb = row->has_memory_kb, .memory_kb = row->memory_kb };
	out->input = row->input;
	out->expected = row->expected;
	out->output = row->output;
	out->errors = row->errors;
	out->has_cut = out->cut = row->cut;
	out->has_line = row->has_line;
	out->line = row->line;
}

int
runs_case_results(struct fn *fn, const struct runs_case_results_params *params, struct run_case_list *out)
{
	struct run_case_list_row *rows;
	struct run run;

	if (run_open(fn, params->run, WHO_MEMBER, &run) < 0)
		return -1;
	int n = run_case_list(fn->pg, &rows, run.id, cases_interviewer(fn));
	if (n < 0)
		return -1;
	out->cases_count = (size_t)n;
	out->cases = arena_array(fn->arena, (size_t)n, sizeof(*out->cases));
	for (int i = 0; i < n; i++)
		show(&rows[i], &out->cases[i]);
	return 0;
}
