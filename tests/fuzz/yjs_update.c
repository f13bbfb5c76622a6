/*
 * yjs_update.c - one update, through everything that needs no document.
 *
 * What is accepted must stay acceptable: whatever merge and diff make of it is checked again.
 */
#include "mutate.h"
#include "sound.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

MUTATES(mutate_update)

static void
use(struct arena *a, struct bytes update)
{
	static const uint8_t nothing[] = { 0 }, sv[] = { 2, 7, 3, 1, 5 };
	struct bytes twice[] = { update, update };
	struct yjs_ranges structs, deletes;
	struct buf out = { 0 };
	struct err e = { 0 };

	if (yjs_merge(&out, twice, 2, &yjs_limits_all, &e) != 0)
		abort();
	must_be_valid(&out);
	if (yjs_diff(&out, update, (struct bytes){ nothing, sizeof(nothing) }, &yjs_limits_all, &e) != 0)
		abort();
	must_be_valid(&out);
	if (yjs_diff(&out, update, (struct bytes){ sv, sizeof(sv) }, &yjs_limits_all, &e) != 0)
		abort();
	must_be_valid(&out);
	if (yjs_update_sv(&out, update, &yjs_limits_all, &e) != 0 || yjs_show(&out, update, &e) != 0 ||
	    yjs_ranges(a, update, &yjs_limits_all, &structs, &deletes, &e) != 0)
		abort();
	buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes update = { data, size };
	struct arena *a = arena_new(1024);
	struct err e = { 0 }, plain = { 0 };

	int all = yjs_validate(update, &yjs_limits_all, NULL, &e);
	if (yjs_validate(update, &yjs_limits_plain, NULL, &plain) == 0 && all != 0)
		abort();	/* the narrower limits took what the wider refused */
	if (all == 0)
		use(a, update);
	arena_free(a);
	return 0;
}
