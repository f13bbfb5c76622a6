/*
 * update.c - PATCH /api/me: change one's name, e-mail or password.
 *
 * E-mail and password decide who gets in, so changing them takes the present password, where there is one:
 * a page left open is not enough. A new password ends the account's other sessions.
 */
#include "account.h"
#include "attempts.h"
#include "password.h"

#include <string.h>

static int
check_current(struct fn *fn, const struct me_change *in, const struct account_get_row *now)
{
	if (now->password_hash == NULL || (in->email == NULL && in->password == NULL))
		return 0;
	if (in->current_password == NULL)
		return err_field(&fn->err, "/current_password", "your present password is needed for this change");
	if (attempts_begin(fn, now->email) < 0)
		return -1;
	int right = password_check(fn, in->current_password, now->password_hash);
	if (right == 0)
		return err_field(&fn->err, "/current_password", "this is not your present password");
	if (right < 0)
		attempts_forgive(fn, now->email);
	else
		attempts_succeeded(fn, now->email);
	return right < 0 ? -1 : 0;
}

static int
end_other_sessions(struct fn *fn)
{
	struct session_delete_others_row *rows;
	int n = session_delete_others(fn->pg, &rows, fn->account, fn->who->session);

	for (int i = 0; i < n; i++)
		session_gone(fn, rows[i].id);
	return n < 0 ? -1 : 0;
}

/* Writes the change; what was checked above must still hold. */
static int
write_change(struct fn *fn, const struct me_change *in, const char *old_hash, struct me *out)
{
	struct account_update_row *row;
	const char *hash = NULL;

	if (in->password != NULL && password_hash(fn, in->password, &hash) < 0)
		return -1;
	int n = account_update(fn->pg, &row, fn->account, in->name, in->email, hash, old_hash);
	if (n < 0 && strcmp(pg_constraint(fn->pg), "account_email") == 0) {
		err_clear(&fn->err);
		return err_set(&fn->err, ERR_CONFLICT, "another account has this e-mail address");
	}
	if (n < 0)
		return -1;
	if (n == 0)
		return err_set(&fn->err, ERR_CONFLICT, "your password was changed meanwhile: try again");
	out->user = account_user(fn, row->id, row->email, row->name, row->password_hash);
	return in->password != NULL ? end_other_sessions(fn) : 0;
}

int
auth_update(struct fn *fn, const struct me_change *in, struct me *out)
{
	struct account_get_row *now;
	int n = account_get(fn->pg, &now, fn->account);

	if (n < 0)
		return -1;
	if (n == 0)
		return err_set(&fn->err, ERR_UNAUTHENTICATED, "this account is no more");
	if (in->email != NULL && strcmp(in->email, now->email) != 0 && account_email_free(fn, in->email) < 0)
		return -1;
	if (check_current(fn, in, now) < 0)
		return -1;
	return write_change(fn, in, now->password_hash, out);
}
