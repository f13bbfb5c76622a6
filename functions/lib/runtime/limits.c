/*
 * limits.c - so many calls at once and so many in a time: a bucket of tokens for each caller, in Redis (limit.lua).
 *
 * The gateway refuses what addresses do too often before we hear of it; who is behind a token only we know.
 * Who calls is the account or guest; an operation that is open to anyone counts by address, and an IPv6 address
 * counts as its /64, since a caller has a whole one. When Redis is away nothing is counted and calls are allowed:
 * a limit is there to protect the service, not to stop it.
 */
#include "request.h"

#include "log.h"
#include "lua_runtime.h"

#include <arpa/inet.h>
#include <string.h>

int
fn_limit(struct fn *fn, const char *what, const char *who, int count, int seconds)
{
	struct err before = fn->err;
	struct bytes argv[] = {
		bytes_of(arena_printf(fn->arena, "limit:%s:%s", what, who)),
		bytes_of(arena_printf(fn->arena, "%d", count)),
		bytes_of(arena_printf(fn->arena, "%lld", seconds * 1000LL)),
	};
	redisReply *reply = redis_eval(fn->redis, &lua_limit, 1, 3, argv);

	if (reply == NULL) {
		log_warn("calls of %s are not counted: %s", what, fn->err.detail);
		fn->err = before;
		return 0;
	}
	if (reply->integer == 0)
		return 0;
	int wait = (int)(reply->integer + 999) / 1000;
	return err_limit(&fn->err, wait, "%d calls in %d s are allowed: the next one in %d s", count, seconds, wait);
}

const char *
fn_network(struct fn *fn)
{
	struct in6_addr v6;
	char text[INET6_ADDRSTRLEN];

	if (inet_pton(AF_INET6, fn->address, &v6) != 1)
		return fn->address;
	memset(v6.s6_addr + 8, 0, 8);
	inet_ntop(AF_INET6, &v6, text, sizeof(text));
	return arena_strdup(fn->arena, text);
}

int
limits_check(struct request *r)
{
	const struct route *route = r->route;
	bool public = route->who == WHO_PUBLIC || r->fn.who == NULL;

	if (route->limit_count == 0)
		return 0;
	return fn_limit(&r->fn, route->id, public ? fn_network(&r->fn) : r->fn.who->subject, route->limit_count,
	    route->limit_seconds);
}
