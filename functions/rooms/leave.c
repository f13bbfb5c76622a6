/*
 * leave.c - POST /api/rooms/{room}/leave: leave for good.
 *
 * Membership goes first, then the tokens, then presence: what is left over when we are killed in between
 * (a lease of 40 s, a token of 5 minutes that opens nothing) ends by itself. The owner only steps out, so
 * that a room always has somebody who can end it.
 */
#include "log.h"
#include "presence.h"
#include "session.h"

#include <string.h>

static int
end_sessions(struct fn *fn)
{
	struct guest_sessions_delete_row *rows;
	int n = guest_sessions_delete(fn->pg, &rows, fn->me.participant);

	for (int i = 0; i < n; i++)
		session_gone(fn, rows[i].id);
	session_forget(fn);
	return n < 0 ? -1 : 0;
}

static int
end_membership(struct fn *fn, const char *room)
{
	if (member_leave(fn->pg, room, fn->me.participant) < 0)
		return -1;
	fn_members_changed(fn, room);
	return fn->me.guest ? end_sessions(fn) : 0;
}

int
rooms_leave(struct fn *fn, const struct rooms_leave_params *params)
{
	if (strcmp(fn->me.role, "owner") != 0 && end_membership(fn, params->room) < 0)
		return -1;
	if (presence_gone(fn, NULL, NULL) < 0) {
		log_warn("somebody who left is shown for up to 40 s more: %s", fn->err.detail);
		err_clear(&fn->err);
	}
	return 0;
}
