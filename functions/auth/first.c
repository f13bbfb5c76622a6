/*
 * first.c - POST /api/auth/first: sign the owner in with a one-time link.
 *
 * `make run` and `make link` put the SHA-256 of a token into first_token. Taking it, making the owner when there is
 * none yet, and opening the session are one transaction: a token is not spent for nothing.
 */
#include "account.h"

static int
take(struct fn *fn, const char *token, struct owner_get_row **owner, const struct session_key *key)
{
	char id[ID_LEN + 1];
	int n = first_take(fn->pg, session_hash(fn->arena, token));

	if (n < 0)
		return -1;
	if (n == 0)
		return err_set(&fn->err, ERR_GONE, "this link was used or has expired: `make link` prints a new one");
	id_new(id);
	if (owner_make(fn->pg, id, OWNER_EMAIL, "Owner") < 0 || (n = owner_get(fn->pg, owner)) < 0)
		return -1;
	if (n == 0)
		return err_set(&fn->err, ERR_INTERNAL, "there is no owner, and none could be made");
	return session_insert(fn->pg, key->id, (*owner)->id, key->hash, SESSION_SECONDS) < 0 ? -1 : 0;
}

int
auth_first(struct fn *fn, const struct first *in, struct session *out)
{
	struct owner_get_row *owner;
	struct session_key key;

	session_new(fn->arena, &key);
	if (pg_begin(fn->pg) < 0)
		return -1;
	if (take(fn, in->token, &owner, &key) < 0) {
		pg_rollback(fn->pg);
		return -1;
	}
	if (pg_commit(fn->pg) < 0)
		return -1;
	out->user = account_user(fn, owner->id, owner->email, owner->name, owner->password_hash);
	return session_give(fn, &key, owner->id, NULL, SESSION_SECONDS, out);
}
