/*
 * forget.c - a room was deleted: what Redis still has of its documents goes.
 *
 * The handler of the queue `forget`. PostgreSQL is asked first, so that no message can take away what somebody still
 * has.
 */
#include "docs.h"
#include "queries_docs.h"

static int
forget(struct fn *fn, const struct doc *d)
{
	return redis_cmd(fn->redis, "DEL %s:checkpoint %s:asked", d->log, d->log) == NULL ||
		redis_cmd(fn->redis, "DEL %s %s %s", d->log, d->clients, d->clocks) == NULL
	    ? -1
	    : 0;
}

int
docs_forget(struct fn *fn, const struct about_room *in)
{
	struct room_there_row *row;
	struct doc d;
	int there = room_there(fn->pg, &row, in->room);

	if (there < 0)
		return -1;
	if (there > 0)
		return err_set(&fn->err, ERR_INVALID, "room %s is there: nothing of it is forgotten", in->room);
	for (enum document which = DOCUMENT_CODE; document_names[which] != NULL; which++) {
		document_find(fn, in->room, which, &d);
		if (forget(fn, &d) < 0)
			return -1;
	}
	return 0;
}
