/*
 * join.c - POST /api/join: enter a room by an invite.
 *
 * An account joins as itself and goes on with the session it has, as does a guest of this very room who opens the
 * link again: both are the same participant as before, in the higher of the two roles. Anybody else becomes a
 * guest with a session of its own, good for this one room.
 */
#include "room.h"
#include "session.h"

/* Where the invite leads; once the room has ended, only for who is in it already. */
static int
open_invite(struct fn *fn, const char *token, struct invite_get_row **invite)
{
	int n = invite_get(fn->pg, invite, session_hash(fn->arena, token));

	if (n < 0)
		return -1;
	if (n == 0)
		return err_set(&fn->err, ERR_NOT_FOUND, "this invite is not known here: ask for a new link");
	if ((*invite)->expired)
		return err_set(&fn->err, ERR_GONE, "this invite has expired: ask for a new link");
	return 0;
}

static int
not_open(struct fn *fn, const struct invite_get_row *invite)
{
	if (invite->ended)
		return err_set(&fn->err, ERR_GONE, "this interview has ended");
	return 0;
}

static int
full(struct fn *fn)
{
	return err_set(&fn->err, ERR_CONFLICT, "this room is full: it holds %d people", ROOM_PEOPLE_MAX);
}

/* 1 with *out, 0 when the caller was never in this room, -1. */
static int
join_again(struct fn *fn, const struct invite_get_row *invite, struct participant *out)
{
	const char *guest = fn->account == NULL ? fn->who->subject : NULL;
	struct member_find_row *row;
	struct member_again_row *now;
	int n = member_find(fn->pg, &row, invite->room, guest, fn->account);

	if (n <= 0)
		return n;
	*out = (struct participant){ .id = row->id, .room = invite->room, .name = row->name,
		.role = role_of(row->role), .guest = row->guest };
	if (invite->ended)
		return row->away ? not_open(fn, invite) : 1;
	if ((n = member_again(fn->pg, &now, row->id, invite->role)) <= 0)
		return n;
	out->role = role_of(now->role);
	fn_members_changed(fn, invite->room);
	return 1;
}

static int
join_account(struct fn *fn, const struct invite_get_row *invite, struct participant *out)
{
	char *id = arena_alloc(fn->arena, ID_LEN + 1);
	struct member_insert_row *row;

	if (not_open(fn, invite) < 0)
		return -1;
	id_new(id);
	int n = member_insert(fn->pg, &row, id, invite->room, fn->account, invite->role, ROOM_PEOPLE_MAX);
	if (n < 0)
		return -1;
	if (n == 0) {	/* full, or two windows joined at once */
		n = join_again(fn, invite, out);
		return n == 0 ? full(fn) : n < 0 ? -1 : 0;
	}
	*out = (struct participant){ .id = id, .room = invite->room, .name = row->name, .role = role_of(invite->role) };
	fn_members_changed(fn, invite->room);
	return 0;
}

/* Who sends no name but a refresh cookie was signed in when the page opened: not to be made a guest by accident. */
static int
no_name(struct fn *fn)
{
	if (session_refresh_cookie(fn) != NULL)
		return err_set(&fn->err, ERR_UNAUTHENTICATED, "your session needs a refresh");
	return err_field(&fn->err, "/name", "say what others shall call you");
}

static int
join_guest(struct fn *fn, const struct invite_get_row *invite, const char *name, struct session *out)
{
	char *id = arena_alloc(fn->arena, ID_LEN + 1);
	struct guest_insert_row *row;
	struct session_key key;

	if (not_open(fn, invite) < 0)
		return -1;
	if (name == NULL)
		return no_name(fn);
	id_new(id);
	session_new(fn->arena, &key);
	int n = guest_insert(fn->pg, &row, id, invite->room, name, invite->role, key.id, key.hash, SESSION_SECONDS,
	    ROOM_PEOPLE_MAX);
	if (n <= 0)
		return n < 0 ? -1 : full(fn);
	*out->participant = (struct participant){ .id = id, .room = invite->room, .name = name,
		.role = role_of(invite->role), .guest = true };
	fn_members_changed(fn, invite->room);
	return session_give(fn, &key, id, invite->room, SESSION_SECONDS, out);
}

int
rooms_join(struct fn *fn, const struct join *in, struct session *out)
{
	struct invite_get_row *invite;
	int again = 0;

	if (open_invite(fn, in->invite, &invite) < 0)
		return -1;
	out->participant = arena_array(fn->arena, 1, sizeof(*out->participant));
	if (fn->who != NULL && (again = join_again(fn, invite, out->participant)) < 0)
		return -1;
	if (again == 0 && fn->account == NULL)
		return join_guest(fn, invite, in->name, out);
	if (again == 0 && join_account(fn, invite, out->participant) < 0)
		return -1;
	return session_keep(fn, out);
}
