/*
 * refresh.c - POST /api/auth/refresh: a new access token for a refresh token, which is used up by it.
 *
 * A token may come twice within ten seconds: the answer got lost, or two windows asked at once. The second gets
 * the first one's answer (see session.h). Any other token that names a living session but does not fit it was
 * used up long ago: somebody has a copy, and it cannot be known who is who, so the session ends for both.
 */
#include "account.h"
#include "log.h"

#define MOMENT 10	/* seconds */

/* Whose session it is, and what is left of it. */
struct owner {
	const char *account, *participant, *room;
	int64_t seconds;
};

/* 1 with *owner and *next filled in; 0 where the token is not the one that works now; -1. */
static int
rotate(struct fn *fn, const struct session_key *used, struct session_key *next, struct owner *owner)
{
	struct session_rotate_row *row;
	char salt[ID_LEN + 1];

	id_new(salt);
	session_next(fn->arena, used, salt, next);
	int n = session_rotate(fn->pg, &row, used->id, used->hash, next->hash, salt);
	if (n > 0)
		*owner = (struct owner){ row->account, row->participant, row->room, row->seconds };
	return n;
}

/* The same, for a token that was used up a moment ago. */
static int
repeat(struct fn *fn, const struct session_key *used, struct session_key *next, struct owner *owner)
{
	struct session_repeat_row *row;
	int n = session_repeat(fn->pg, &row, used->id, used->hash, MOMENT);

	if (n <= 0)
		return n;
	session_next(fn->arena, used, row->salt, next);
	*owner = (struct owner){ row->account, row->participant, row->room, row->seconds };
	return n;
}

static int
refuse(struct fn *fn, const struct session_key *used)
{
	int ended = used == NULL ? 0 : session_delete(fn->pg, used->id);

	if (ended < 0)
		return -1;
	if (ended > 0) {
		session_gone(fn, used->id);
		log_warn("session %s ended: a refresh token came that was used up long ago", used->id);
	}
	session_forget(fn);
	return err_set(&fn->err, ERR_UNAUTHENTICATED, "your session has ended: sign in again");
}

static int
answer(struct fn *fn, const struct owner *owner, const struct session_key *key, struct session *out)
{
	struct account_get_row *row;

	if (owner->account == NULL) {
		if (account_guest(fn, owner->participant, &out->participant) < 0)
			return -1;
		return session_give(fn, key, owner->participant, owner->room, owner->seconds, out);
	}
	int n = account_get(fn->pg, &row, owner->account);
	if (n <= 0)
		return n < 0 ? -1 : refuse(fn, key);
	out->user = account_user(fn, row->id, row->email, row->name, row->password_hash);
	return session_give(fn, key, row->id, NULL, owner->seconds, out);
}

int
auth_refresh(struct fn *fn, const struct refresh *in, struct session *out)
{
	const char *token = in != NULL && in->refresh_token != NULL ? in->refresh_token : session_refresh_cookie(fn);
	struct session_key used, next;
	struct owner owner;

	if (token == NULL)
		return err_set(&fn->err, ERR_UNAUTHENTICATED, "nobody is signed in here");
	if (!session_key_of(fn->arena, token, &used))
		return refuse(fn, NULL);
	int found = rotate(fn, &used, &next, &owner);
	if (found == 0)
		found = repeat(fn, &used, &next, &owner);
	if (found < 0)
		return -1;
	return found == 0 ? refuse(fn, &used) : answer(fn, &owner, &next, out);
}
