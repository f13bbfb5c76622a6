/*
 * input.c - POST /api/runs/{run}/input: type into a run while it runs.
 *
 * Whoever may run may type. It is kept in a stream of Redis (typed.h) and taken from there by the run's runner, which
 * shows it to the room at its place in the output. At a terminal an end of input is a key like any other.
 */
#include "run.h"
#include "typed.h"

int
runs_input(struct fn *fn, const struct runs_input_params *params, const struct run_input *in)
{
	const char *data = in->data;
	bool eof = in->has_eof && in->eof;
	struct run run;

	if (run_open(fn, params->run, WHO_EDITOR, &run) < 0)
		return -1;
	if (!run.has_interactive || !run.interactive)
		return err_set(&fn->err, ERR_CONFLICT, "this run is not interactive: its input was given with it");
	if (run.ended_at != NULL)
		return err_set(&fn->err, ERR_GONE, "this run has ended: nobody reads what is typed");
	if (run.terminal != NULL && eof) {
		data = arena_printf(fn->arena, "%s\004", data);
		eof = false;
	}
	if (typed_add(fn, arena_printf(fn->arena, "run:%s:input", run.id), eof ? TYPED_END : TYPED_TEXT, data) < 0)
		return -1;
	typed_ring(fn, "run", run.id);
	return 0;
}
