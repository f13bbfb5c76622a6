/*
 * note.c - GET /bench/notes/{note}: one row, for who is signed in.
 */
#include "api.h"
#include "queries_bench.h"

int
bench_note(struct fn *fn, const struct bench_note_params *params, struct note *out)
{
	struct note_get_row *row;
	int n = note_get(fn->pg, &row, params->note);

	if (n < 0)
		return -1;
	if (n == 0)
		return err_set(&fn->err, ERR_NOT_FOUND, "there is no such note");
	*out = (struct note){ .id = row->id, .title = row->title, .text = row->text, .author = row->author,
		.created_at = row->created_at };
	return 0;
}
