/*
 * recovery.c - see recovery.h.
 *
 * The token is made here and now: what waited in the queue knew none, and the database hears its hash. So another
 * attempt at the same message has another token, and both work until one is used: which of two copies a
 * mail server keeps is its own business.
 *
 * It is sent to the address as the account has it, not as it was typed: letters that a database takes for the same
 * need not be the same for a mail server. And nothing in it was written by anybody but us: an account's address was
 * never proven.
 */
#include "recovery.h"

#include "config.h"
#include "digest.h"
#include "digits.h"
#include "queries_mail.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define SECRET_BYTES 32
#define SECRET_LEN 43	/* of these as base64url */
#define MINUTES 30

static void
token_new(char out[SECRET_LEN + 1])
{
	uint8_t secret[SECRET_BYTES];

	if (getrandom(secret, sizeof(secret), 0) != sizeof(secret))
		abort();
	base64url(out, secret, sizeof(secret));
}

/* In the fragment: no server ever sees it, and so no log. */
static const char *
link_of(struct fn *fn, const char *token)
{
	const char *url = config_str("VIVA_PUBLIC_URL", "");
	size_t len = strlen(url);

	while (len > 0 && url[len - 1] == '/')
		len--;
	return arena_printf(fn->arena, "%.*s/reset#%s", (int)len, url, token);
}

static void
write_letter(struct fn *fn, const char *link, struct letter *out)
{
	out->subject = "Viva \u2013 set a new password";
	out->text = arena_printf(fn->arena,
	    "Somebody, most likely you, asked to set a new password for your account at Viva.\r\n\r\n"
	    "This link does it. It works once, for %d minutes:\r\n\r\n%s\r\n\r\n"
	    "If it was not you, do nothing: your password stays as it is.\r\n",
	    MINUTES, link);
	out->html = arena_printf(fn->arena,
	    "<p>Somebody, most likely you, asked to set a new password for your account at Viva.</p>"
	    "<p><a href=\"%s\">Set a new password</a></p>"
	    "<p>The link works once, for %d minutes. If it cannot be clicked, copy it:<br>%s</p>"
	    "<p>If it was not you, do nothing: your password stays as it is.</p>",
	    link, MINUTES, link);
}

int
recovery_write(struct fn *fn, const char *asked_for, const char **to, struct letter *letter)
{
	char token[SECRET_LEN + 1];
	struct recovery_insert_row *row;

	token_new(token);
	int n = recovery_insert(fn->pg, &row, digest_sha256(fn->arena, bytes_of(token)), asked_for, fn->delivery.id,
	    MINUTES * 60);
	if (n <= 0)
		return n;
	*to = row->email;
	write_letter(fn, link_of(fn, token), letter);
	return 1;
}
