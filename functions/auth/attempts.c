/*
 * attempts.c - see attempts.h. Counted in Redis; when Redis is away an attempt is allowed, as in fn_limit().
 */
#include "attempts.h"

#include "account.h"
#include "log.h"
#include "lua_auth.h"

#define FREE_OF_ACCOUNT "5"
#define FREE_OF_ADDRESS "50"

/* Neither addresses nor e-mails stand in Redis in clear. */
static const char *
account_key(struct fn *fn, const char *email)
{
	return arena_printf(fn->arena, "{account-%s}", account_mark(fn, email));
}

static const char *
address_key(struct fn *fn)
{
	return arena_printf(fn->arena, "{address-%.32s}", session_hash(fn->arena, fn_network(fn)));
}

/* attempt.lua: 0, or the seconds to wait. */
static int
call(struct fn *fn, const char *who, const char *what, const char *free)
{
	struct bytes argv[] = { bytes_of(arena_printf(fn->arena, "limit:signin:%s", who)),
		bytes_of(arena_printf(fn->arena, "limit:signin-wait:%s", who)), bytes_of(what), bytes_of(free) };
	struct err before = fn->err;

	redisReply *reply = redis_eval(fn->redis, &lua_attempt, 2, 4, argv);
	if (reply == NULL) {
		log_warn("sign-in attempts are not counted: %s", fn->err.detail);
		fn->err = before;
		return 0;
	}
	return (int)reply->integer;
}

int
attempts_begin(struct fn *fn, const char *email)
{
	int wait = call(fn, address_key(fn), "begin", FREE_OF_ADDRESS);

	if (wait == 0 && (wait = call(fn, account_key(fn, email), "begin", FREE_OF_ACCOUNT)) > 0)
		call(fn, address_key(fn), "forgive", FREE_OF_ADDRESS);
	if (wait > 0)
		return err_limit(&fn->err, wait, "too many attempts: try again in %d s", wait);
	return 0;
}

void
attempts_succeeded(struct fn *fn, const char *email)
{
	call(fn, address_key(fn), "forgive", FREE_OF_ADDRESS);
	attempts_forget(fn, email);
}

void
attempts_forget(struct fn *fn, const char *email)
{
	call(fn, account_key(fn, email), "clear", FREE_OF_ACCOUNT);
}

void
attempts_forgive(struct fn *fn, const char *email)
{
	call(fn, address_key(fn), "forgive", FREE_OF_ADDRESS);
	call(fn, account_key(fn, email), "forgive", FREE_OF_ACCOUNT);
}
