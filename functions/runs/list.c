/*
 * list.c - GET /api/rooms/{room}/runs: the room's runs, newest first.
 */
#include "run.h"

#define LAST 100	/* maxItems of RunList */

int
runs_list(struct fn *fn, const struct runs_list_params *params, struct run_list *out)
{
	struct run_find_row *rows;
	int n = run_find(fn->pg, &rows, NULL, params->room, LAST);

	if (n < 0)
		return -1;
	out->runs_count = (size_t)n;
	out->runs = arena_array(fn->arena, (size_t)n, sizeof(*out->runs));
	for (int i = 0; i < n; i++)
		run_show(fn, &rows[i], &out->runs[i]);
	return 0;
}
