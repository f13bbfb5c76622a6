/*
 * expire.c - a schedule: rooms that ended longer ago than VIVA_KEEP_DAYS are deleted, with all that belongs to them.
 * Without that setting nothing ever is.
 *
 * In small steps, each a transaction that also sends the message by which docs forgets what Redis still has. Killed in
 * between, or fired twice, it does the rest.
 */
#include "api.h"
#include "config.h"
#include "log.h"
#include "queries_rooms.h"

#define STEP 20
#define DAYS_MAX 36500

/* How many, or -1; the transaction is open. */
static int
delete_some(struct fn *fn, int days)
{
	struct rooms_delete_row *rows;
	int n = rooms_delete(fn->pg, &rows, days, STEP);

	for (int i = 0; i < n; i++)
		if (queue_forget_send(fn, &(struct about_room){ .room = rows[i].id }) < 0)
			return -1;
	return n;
}

static int
step(struct fn *fn, int days)
{
	if (pg_begin(fn->pg) < 0)
		return -1;
	int n = delete_some(fn, days);
	if (n >= 0 && pg_commit(fn->pg) == 0)
		return n;
	pg_rollback(fn->pg);
	return -1;
}

int
rooms_expire(struct fn *fn)
{
	int days = (int)config_int("VIVA_KEEP_DAYS", 0, 0, DAYS_MAX), all = 0, n = days > 0 ? STEP : 0;

	while (n == STEP && (n = step(fn, days)) > 0)
		all += n;
	if (all > 0)
		log_info("%d rooms that ended more than %d days ago are deleted", all, days);
	return n < 0 ? -1 : 0;
}
