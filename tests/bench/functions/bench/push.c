/*
 * push.c - POST /bench/events: a checked body, as JSON, to a stream in Redis that keeps the last thousand.
 */
#include "api.h"

int
bench_push(struct fn *fn, const struct event_new *in, struct event *out)
{
	struct buf json = { 0 };

	event_new_encode(&json, in);
	redisReply *reply = redis_cmd(fn->redis, "XADD bench MAXLEN ~ 1000 * event %b", json.data, json.len);
	buf_free(&json);
	if (reply == NULL)
		return -1;
	out->id = arena_strdup(fn->arena, reply->str);
	return 0;
}
