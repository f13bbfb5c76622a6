/*
 * probe.c - a function for tests of triggers: it says that it was asked, then does what the message says.
 */
#include "api.h"
#include "queries_probe.h"

#include <time.h>

/* Until the test says go. */
static int
wait_for_go(struct fn *fn, const char *name)
{
	struct go_get_row *row;
	int n;

	while ((n = go_get(fn->pg, &row, name)) == 0)
		nanosleep(&(struct timespec){ .tv_nsec = 50000000 }, NULL);
	return n < 0 ? -1 : 0;
}

static int
go_wrong(struct fn *fn, const struct probe *in)
{
	switch (in->how) {
	case PROBE_HOW_DIE:
		__builtin_trap();
	case PROBE_HOW_BUSY:
		return err_set(&fn->err, ERR_BUSY, "%s is away", in->name);
	case PROBE_HOW_WAIT:
		return wait_for_go(fn, in->name);
	default:
		return err_set(&fn->err, ERR_INTERNAL, "%s did not work", in->name);
	}
}

int
probe_take(struct fn *fn, const struct probe *in)
{
	if (seen_insert(fn->pg, in->name, fn->delivery.id, fn->delivery.attempt) < 0)
		return -1;
	if (in->how != PROBE_HOW_WELL && fn->delivery.attempt <= in->times && go_wrong(fn, in) < 0)
		return -1;
	return done_insert(fn->pg, fn->delivery.id, in->name) < 0 ? -1 : 0;
}

int
probe_take_once(struct fn *fn, const struct probe *in)
{
	return probe_take(fn, in);
}

int
probe_take_later(struct fn *fn, const struct probe *in)
{
	return probe_take(fn, in);
}

int
probe_tick(struct fn *fn)
{
	return seen_insert(fn->pg, "tick", fn->delivery.id, fn->delivery.attempt) < 0 ? -1 : 0;
}

int
probe_send(struct fn *fn, const struct probe_order *in)
{
	int (*send)(struct fn *, const struct probe *) = in->same ? queue_probe_once_send : queue_probe_send;

	if (pg_begin(fn->pg) < 0)
		return -1;
	if (order_insert(fn->pg, in->probe.name) < 0 || send(fn, &in->probe) < 0)
		return -1;
	if (in->commit)
		return pg_commit(fn->pg);
	pg_rollback(fn->pg);
	return 0;
}
