/*
 * end.c - POST /api/rooms/{room}/end: end the interview.
 *
 * Ending twice is no error, since the answer may have been lost; therefore the role is checked here: the
 * check in front would refuse an ended room.
 */
#include "room.h"

int
rooms_end(struct fn *fn, const struct rooms_end_params *params, struct room *out)
{
	struct room_end_row *row;

	if (!room_interviewer(fn))
		return err_set(&fn->err, ERR_DENIED, "only the owner or an interviewer can end the room");
	int ended = room_end(fn->pg, &row, params->room, fn->me.participant);
	if (ended < 0)
		return -1;
	fn_members_changed(fn, params->room);
	if (room_show(fn, out) < 0)
		return -1;
	if (ended > 0)
		room_tell(fn, out);
	return 0;
}
