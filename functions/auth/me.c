/*
 * me.c - GET /api/me: who the caller is.
 */
#include "account.h"

int
auth_me(struct fn *fn, struct me *out)
{
	struct account_get_row *row;

	if (fn->account == NULL)
		return account_guest(fn, fn->who->subject, &out->participant);
	int n = account_get(fn->pg, &row, fn->account);
	if (n < 0)
		return -1;
	if (n == 0)
		return err_set(&fn->err, ERR_UNAUTHENTICATED, "this account is no more");
	out->user = account_user(fn, row->id, row->email, row->name, row->password_hash);
	return 0;
}
