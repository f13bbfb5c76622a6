/*
 * session.c - see session.h.
 */
#include "session.h"

#include "clock.h"
#include "digest.h"
#include "digits.h"
#include "log.h"

#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define SECRET_BYTES 32
#define SECRET_LEN 43	/* of these as base64url */
#define TOKEN_LEN (ID_LEN + SECRET_LEN)

/* Longer than any access token made before it can live. */
#define GONE_SECONDS 600

#define ACCESS_COOKIE "viva"
#define REFRESH_COOKIE "viva_refresh"

const char *
session_hash(struct arena *a, const char *text)
{
	return digest_sha256(a, bytes_of(text));
}

static void
key_with(struct arena *a, const uint8_t secret[SECRET_BYTES], struct session_key *key)
{
	char *token = arena_alloc(a, TOKEN_LEN + 1);

	memcpy(token, key->id, ID_LEN);
	base64url(token + ID_LEN, secret, SECRET_BYTES);
	key->token = token;
	key->hash = session_hash(a, token);
}

void
session_new(struct arena *a, struct session_key *out)
{
	uint8_t secret[SECRET_BYTES];

	if (getrandom(secret, sizeof(secret), 0) != sizeof(secret))
		abort();
	id_new(out->id);
	key_with(a, secret, out);
}

bool
session_key_of(struct arena *a, const char *token, struct session_key *out)
{
	if (strlen(token) != TOKEN_LEN)
		return false;
	memcpy(out->id, token, ID_LEN);
	out->id[ID_LEN] = '\0';
	if (!id_valid(out->id))
		return false;
	out->token = token;
	out->hash = session_hash(a, token);
	return true;
}

void
session_next(struct arena *a, const struct session_key *used, const char *salt, struct session_key *out)
{
	const char *both = arena_printf(a, "%s.%s", used->token, salt);
	uint8_t secret[SHA256_DIGEST_LENGTH];

	SHA256((const uint8_t *)both, strlen(both), secret);
	memcpy(out->id, used->id, sizeof(out->id));
	key_with(a, secret, out);
}

static int
sign(struct fn *fn, const char *session, const char *subject, const char *room, int64_t seconds, struct session *out)
{
	static struct jwt_keys *keys;
	struct claims claims = { .subject = subject, .session = session, .room = room };

	if (keys == NULL && (keys = jwt_keys_load(&fn->err, 1)) == NULL)
		return -1;
	out->expires_in = seconds < SESSION_ACCESS_SECONDS ? seconds : SESSION_ACCESS_SECONDS;
	return jwt_sign(keys, fn->arena, &fn->err, &claims, (int)out->expires_in, &out->access_token);
}

int
session_give(struct fn *fn, const struct session_key *key, const char *subject, const char *room, int64_t seconds,
    struct session *out)
{
	if (sign(fn, key->id, subject, room, seconds, out) < 0)
		return -1;
	out->refresh_token = key->token;
	/* The access cookie stays as long as the other: a page that comes back with an old one is told to refresh. */
	fn_set_cookie(fn, ACCESS_COOKIE, out->access_token, (int)seconds);
	fn_set_cookie(fn, REFRESH_COOKIE, key->token, (int)seconds);
	return 0;
}

int
session_keep(struct fn *fn, struct session *out)
{
	int64_t left = fn->who->expires - clock_wall_ms() / 1000;

	if (left <= 0)
		return err_set(&fn->err, ERR_UNAUTHENTICATED, "your session needs a refresh");
	return sign(fn, fn->who->session, fn->who->subject, fn->who->room, left, out);
}

void
session_gone(struct fn *fn, const char *id)
{
	/* As soon as it answers the second, all who remember that the session goes on have been told. */
	if (redis_cmd(fn->redis, "SET session:gone:%s 1 EX %d", id, GONE_SECONDS) != NULL
	    && redis_cmd(fn->redis, "PING") != NULL)
		return;
	log_error("session %s ended, but its access token lives on for up to %d s: %s", id, SESSION_ACCESS_SECONDS,
	    fn->err.detail);
	err_clear(&fn->err);
}

const char *
session_refresh_cookie(const struct fn *fn)
{
	return fn_cookie(fn, REFRESH_COOKIE);
}

void
session_forget(struct fn *fn)
{
	fn_set_cookie(fn, ACCESS_COOKIE, NULL, 0);
	fn_set_cookie(fn, REFRESH_COOKIE, NULL, 0);
}
