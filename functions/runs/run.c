/*
 * run.c - see run.h.
 */
#include "run.h"

#include "log.h"

void
run_show(struct fn *fn, const struct run_find_row *row, struct run *out)
{
	*out = (struct run){ .id = row->id, .room = row->room, .participant = row->participant, .name = row->name,
		.language = row->language, .status = run_status_of(row->status),
		.has_exit_code = row->has_exit_code, .exit_code = row->exit_code,
		.has_signal = row->has_signal, .signal = row->signal,
		.has_cpu_ms = row->has_cpu_ms, .cpu_ms = row->cpu_ms,
		.has_wall_ms = row->has_wall_ms, .wall_ms = row->wall_ms,
		.has_memory_kb = row->has_memory_kb, .memory_kb = row->memory_kb,
		.detail = row->detail, .image = row->image, .trace = row->trace,
		.created_at = row->created_at, .started_at = row->started_at, .ended_at = row->ended_at,
		.has_interactive = row->interactive, .interactive = row->interactive };
	if (row->has_rows) {
		out->terminal = arena_array(fn->arena, 1, sizeof(*out->terminal));
		*out->terminal = (struct terminal_size){ .rows = row->rows, .columns = row->columns };
	}
	if (row->cases > 0) {
		out->cases = arena_array(fn->arena, 1, sizeof(*out->cases));
		*out->cases = (struct run_cases){ .total = row->cases, .decided = row->decided,
			.passed = row->passed };
	}
}

/* A run that is nobody's and one of another room get the same answer. */
static int
no_such_run(struct fn *fn)
{
	err_clear(&fn->err);
	return err_set(&fn->err, ERR_NOT_FOUND, "there is no such run, or you are not in its room");
}

int
run_open(struct fn *fn, const char *id, enum who least, struct run *out)
{
	struct run_find_row *row;
	int n = run_find(fn->pg, &row, id, NULL, 1);

	if (n < 0)
		return -1;
	if (n == 0)
		return no_such_run(fn);
	if (fn_enter(fn, row->room, least) < 0)
		return fn->err.kind == ERR_NOT_FOUND ? no_such_run(fn) : -1;
	run_show(fn, row, out);
	return 0;
}

void
run_tell(struct fn *fn, const struct run *run)
{
	struct run_event event = { .type = RUN_EVENT_TYPE_RUN, .run = *run };
	struct buf json = { 0 };

	run_event_encode(&json, &event);
	fn_tell_room(fn, run->room, &json);
	buf_free(&json);
}

void
run_ring(struct fn *fn, const char *stream, const char *id)
{
	if (redis_cmd(fn->redis, "XADD %s MAXLEN ~ 1000 * run %s", stream, id) != NULL)
		return;
	log_warn("run %s: %s was not rung: %s", id, stream, fn->err.detail);
	err_clear(&fn->err);
}
