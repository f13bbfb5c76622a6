/*
 * reset.c - POST /api/auth/reset: a new password by a link that came by mail.
 *
 * The link is looked at first, since a hash costs much and strangers may ask. Using it up, the password and the end of
 * all sessions are one transaction: of two who use it at once one succeeds, and a link is not spent for nothing.
 */
#include "account.h"
#include "attempts.h"
#include "password.h"

static int
refuse(struct fn *fn, bool used)
{
	const char *why = used ? "this link, or another one, was used already" : "this link has expired";

	return err_set(&fn->err, ERR_GONE, "%s", why);
}

/* 0 where the link could be used now. */
static int
look(struct fn *fn, const char *hash)
{
	struct recovery_get_row *row;
	int n = recovery_get(fn->pg, &row, hash);

	if (n < 0)
		return -1;
	return n == 0 || !row->works ? refuse(fn, n > 0 && row->used) : 0;
}

struct change {
	struct recovery_take_row *account;
	struct session_delete_others_row *ended;
	int ended_count;
};

static int
change_password(struct fn *fn, const char *link, const char *password, const struct session_key *key,
    struct change *out)
{
	int n = recovery_take(fn->pg, &out->account, link);

	if (n == 0)
		return refuse(fn, true);
	if (n < 0 || account_set_password(fn->pg, out->account->id, password) < 0)
		return -1;
	if ((out->ended_count = session_delete_others(fn->pg, &out->ended, out->account->id, key->id)) < 0)
		return -1;
	return session_insert(fn->pg, key->id, out->account->id, key->hash, SESSION_SECONDS) < 0 ? -1 : 0;
}

int
auth_reset(struct fn *fn, const struct reset *in, struct session *out)
{
	const char *link = session_hash(fn->arena, in->token), *password;
	struct change done = { 0 };
	struct session_key key;

	if (look(fn, link) < 0 || password_hash(fn, in->password, &password) < 0)
		return -1;
	session_new(fn->arena, &key);
	if (pg_begin(fn->pg) < 0)
		return -1;
	if (change_password(fn, link, password, &key, &done) < 0) {
		pg_rollback(fn->pg);
		return -1;
	}
	if (pg_commit(fn->pg) < 0)
		return -1;
	for (int i = 0; i < done.ended_count; i++)
		session_gone(fn, done.ended[i].id);
	attempts_forget(fn, done.account->email);
	out->user = account_user(fn, done.account->id, done.account->email, done.account->name, password);
	return session_give(fn, &key, done.account->id, NULL, SESSION_SECONDS, out);
}
