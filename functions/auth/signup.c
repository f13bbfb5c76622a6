/*
 * signup.c - POST /api/auth/signup: open an account.
 */
#include "account.h"
#include "config.h"
#include "password.h"

#include <string.h>

int
auth_signup(struct fn *fn, const struct signup *in, struct session *out)
{
	struct account_insert_row *row;
	struct session_key key;
	char id[ID_LEN + 1];
	const char *hash;

	if (strcmp(config_str("VIVA_SIGNUP", "open"), "closed") == 0)
		return err_set(&fn->err, ERR_DENIED, "accounts cannot be opened here: ask for an invite");
	if (account_email_free(fn, in->email) < 0 || password_hash(fn, in->password, &hash) < 0)
		return -1;

	id_new(id);
	session_new(fn->arena, &key);
	switch (account_insert(fn->pg, &row, id, in->email, in->name, hash, key.id, key.hash, SESSION_SECONDS)) {
	case -1:
		return -1;
	case 0:
		return err_set(&fn->err, ERR_CONFLICT, "an account with this e-mail address exists: sign in instead");
	}
	out->user = account_user(fn, row->id, in->email, in->name, hash);
	return session_give(fn, &key, row->id, NULL, SESSION_SECONDS, out);
}
