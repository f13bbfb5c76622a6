/*
 * account.c - see account.h.
 */
#include "account.h"

#include "config.h"

#include <ctype.h>
#include <strings.h>

struct user *
account_user(struct fn *fn, const char *id, const char *email, const char *name, const char *password_hash)
{
	struct user *user = arena_array(fn->arena, 1, sizeof(*user));

	*user = (struct user){ .id = id, .email = email, .name = name, .has_password = password_hash != NULL };
	return user;
}

int
account_open_session(struct fn *fn, const char *account, struct session *out)
{
	struct session_key key;

	session_new(fn->arena, &key);
	if (session_insert(fn->pg, key.id, account, key.hash, SESSION_SECONDS) < 0)
		return -1;
	return session_give(fn, &key, account, NULL, SESSION_SECONDS, out);
}

int
account_guest(struct fn *fn, const char *participant, struct participant **out)
{
	struct participant_get_row *row;
	int n = participant_get(fn->pg, &row, participant);

	if (n < 0)
		return -1;
	if (n == 0)
		return err_set(&fn->err, ERR_UNAUTHENTICATED, "you have left this room: open the invite link again");
	*out = arena_array(fn->arena, 1, sizeof(**out));
	**out = (struct participant){
		.id = row->id, .room = row->room, .name = row->name, .role = role_of(row->role), .guest = row->guest };
	return 0;
}

bool
account_mails(void)
{
	return config_str("VIVA_SMTP_URL", NULL) != NULL;
}

const char *
account_mark(struct fn *fn, const char *email)
{
	char *lower = arena_strdup(fn->arena, email);

	for (char *p = lower; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	return arena_strndup(fn->arena, session_hash(fn->arena, lower), 32);
}

int
account_email_free(struct fn *fn, const char *email)
{
	if (strcasecmp(email, OWNER_EMAIL) == 0)
		return err_set(&fn->err, ERR_CONFLICT, "an account with this e-mail address exists: sign in instead");
	return 0;
}
