/*
 * end.c - POST /api/rooms/{room}/end: end the interview.
 *
 * What was written moves from Redis to PostgreSQL then: a message for each document, in the transaction that ends the
 * room.
 *
 * Ending twice is no error, since the answer may have been lost; therefore the role is checked here: the
 * check in front would refuse an ended room.
 */
#include "room.h"

/* 1 ended now, 0 it had ended before, -1. */
static int
end(struct fn *fn, const char *room)
{
	struct room_end_row *row;

	if (pg_begin(fn->pg) < 0)
		return -1;
	int ended = room_end(fn->pg, &row, room, fn->me.participant);
	for (enum document d = DOCUMENT_CODE; ended > 0 && document_names[d] != NULL; d++)
		if (queue_checkpoint_send(fn, &(struct document_of_room){ .room = room, .document = d }) < 0)
			ended = -1;
	if (ended >= 0 && pg_commit(fn->pg) == 0)
		return ended;
	pg_rollback(fn->pg);
	return -1;
}

int
rooms_end(struct fn *fn, const struct rooms_end_params *params, struct room *out)
{
	if (!room_interviewer(fn))
		return err_set(&fn->err, ERR_DENIED, "only the owner or an interviewer can end the room");
	int ended = end(fn, params->room);
	if (ended < 0)
		return -1;
	fn_members_changed(fn, params->room);
	if (room_show(fn, out) < 0)
		return -1;
	if (ended > 0)
		room_tell(fn, out);
	return 0;
}
