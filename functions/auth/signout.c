/*
 * signout.c - POST /api/auth/signout: end this session.
 *
 * The session is the access token's, or else the refresh cookie's. Nobody being signed in is no error: the
 * answer to an earlier request may have been lost.
 */
#include "account.h"

static int
end_by_cookie(struct fn *fn)
{
	const char *token = session_refresh_cookie(fn);
	struct session_key key;

	if (token == NULL || !session_key_of(fn->arena, token, &key))
		return 0;
	int ended = session_delete_by_token(fn->pg, key.id, key.hash);
	if (ended > 0)
		session_gone(fn, key.id);
	return ended < 0 ? -1 : 0;
}

int
auth_signout(struct fn *fn)
{
	if (fn->who == NULL) {
		if (end_by_cookie(fn) < 0)
			return -1;
	} else {
		if (session_delete(fn->pg, fn->who->session) < 0)
			return -1;
		session_gone(fn, fn->who->session);
	}
	session_forget(fn);
	return 0;
}
