/*
 * open.c - POST /api/rooms/{room}/terminal: open the room's terminal, or find the one that is open.
 *
 * The row is what a runner takes; the bell only says that a look is worth it. Whoever asks twice, or together with
 * somebody else, gets the same terminal.
 */
#include "room_terminal.h"
#include "run_files.h"
#include "typed.h"

static int
insert(struct fn *fn, const char *room, const struct terminal_new *in)
{
	char id[ID_LEN + 1];
	struct buf files = { 0 };

	id_new(id);
	run_files_encode(&files, in->files, in->files_count);
	int n = terminal_insert(fn->pg, id, room, fn->me.participant, in->rows, in->columns, buf_cstr(&files),
	    fn->trace);
	buf_free(&files);
	return n < 0 ? -1 : 0;
}

/* In a transaction: 1 when it is new, 0 when it was there, -1. */
static int
find_or_insert(struct fn *fn, const char *room, const struct terminal_new *in, struct terminal *out)
{
	struct terminal_lock_row *lock;

	if (terminal_lock(fn->pg, &lock, room) < 0)
		return -1;
	int n = terminal_find(fn, room, true, out);
	if (n != 0)
		return n < 0 ? -1 : 0;
	return insert(fn, room, in) < 0 || terminal_find(fn, room, true, out) < 0 ? -1 : 1;
}

int
terminal_open(struct fn *fn, const struct terminal_open_params *params, const struct terminal_new *in,
    struct terminal *out)
{
	if (pg_begin(fn->pg) < 0)
		return -1;
	int new = find_or_insert(fn, params->room, in, out);
	if (new < 0) {
		pg_rollback(fn->pg);
		return -1;
	}
	if (pg_commit(fn->pg) < 0)
		return -1;
	if (new > 0) {
		terminal_tell(fn, out);
		typed_ring(fn, "terminal", out->id);
	}
	return 0;
}
