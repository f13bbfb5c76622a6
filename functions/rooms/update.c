/*
 * update.c - PATCH /api/rooms/{room}: rename the room, choose another language; interviewers restrict Python.
 */
#include "room.h"

int
rooms_update(struct fn *fn, const struct rooms_update_params *params, const struct room_change *in, struct room *out)
{
	struct room_update_row *row;
	const char *language = NULL;

	if (in->has_restricted && !room_interviewer(fn))
		return err_set(&fn->err, ERR_DENIED, "only the owner or an interviewer can restrict programs");
	if (in->language != NULL && room_language(fn, in->language, &language) < 0)
		return -1;
	switch (room_update(fn->pg, &row, params->room, in->title, language, fn->me.participant,
	    in->has_restricted ? &in->restricted : NULL)) {
	case -1:
		return -1;
	case 0:
		return err_set(&fn->err, ERR_GONE, "this room has ended: it can be read but not changed");
	}
	if (room_show(fn, out) < 0)
		return -1;
	room_tell(fn, out);
	return 0;
}
