/*
 * get.c - GET /api/rooms/{room}: a room and who has been in it.
 */
#include "room.h"

int
rooms_get(struct fn *fn, const struct rooms_get_params *params, struct room *out)
{
	(void)params;	/* the check in front has entered the room: fn->me */
	return room_show(fn, out);
}
