/*
 * invite.c - POST /api/rooms/{room}/invites: a link by which others join in a role.
 *
 * The token is in the fragment, which browsers do not send: it stays out of logs and of Referer.
 */
#include "room.h"
#include "session.h"

int
rooms_invite(struct fn *fn, const struct rooms_invite_params *params, const struct invite_new *in, struct invite *out)
{
	struct invite_insert_row *row;
	char token[ID_LEN + 1];

	id_new(token);
	out->role = role_of(invite_new_role_names[in->role]);
	if (invite_insert(fn->pg, &row, session_hash(fn->arena, token), params->room, role_names[out->role],
	    fn->me.participant) < 0)
		return -1;
	out->url = arena_printf(fn->arena, "%s/join#%s", fn->origin, token);
	out->expires_at = row->expires_at;
	return 0;
}
