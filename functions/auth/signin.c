/*
 * signin.c - POST /api/auth/signin: sign in with e-mail and password.
 *
 * Nobody learns here which addresses have accounts: an unknown one costs as much time and gets the same answer.
 */
#include "account.h"
#include "attempts.h"
#include "log.h"
#include "password.h"

/* Stored under an older cost: now that the password is known, hash it again. Failing is no reason not to sign in. */
static void
renew_hash(struct fn *fn, const struct account_by_email_row *row, const char *password)
{
	const char *hash;

	if (!password_is_old(row->password_hash))
		return;
	if (password_hash(fn, password, &hash) < 0 || account_rehash(fn->pg, row->id, row->password_hash, hash) < 0) {
		log_warn("account %s keeps its old hash: %s", row->id, fn->err.detail);
		err_clear(&fn->err);
	}
}

int
auth_signin(struct fn *fn, const struct signin *in, struct session *out)
{
	struct account_by_email_row *row = NULL;

	if (attempts_begin(fn, in->email) < 0)
		return -1;
	int known = account_by_email(fn->pg, &row, in->email);
	int right = known < 0 ? -1 : password_check(fn, in->password, known > 0 ? row->password_hash : NULL);
	if (right == 0)
		return err_set(&fn->err, ERR_UNAUTHENTICATED, "e-mail address or password is wrong");
	if (right < 0) {
		attempts_forgive(fn, in->email);
		return -1;
	}
	attempts_succeeded(fn, in->email);

	renew_hash(fn, row, in->password);
	out->user = account_user(fn, row->id, row->email, row->name, row->password_hash);
	return account_open_session(fn, row->id, out);
}
