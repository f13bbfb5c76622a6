/*
 * typed.c - see typed.h.
 */
#include "typed.h"

#include "log.h"
#include "lua_runtime.h"

#include <string.h>

#define ENTRIES_MAX "256"
#define BYTES_MAX "65536"
#define LIFE_S "3600"

int
typed_add(struct fn *fn, const char *key, enum typed kind, const char *data)
{
	static const char *const kinds[] = { [TYPED_TEXT] = "", [TYPED_END] = "end", [TYPED_SIZE] = "size" };
	struct bytes argv[] = { bytes_of(key), bytes_of(data), bytes_of(fn->me.participant), bytes_of(kinds[kind]),
		bytes_of(ENTRIES_MAX), bytes_of(BYTES_MAX), bytes_of(LIFE_S) };

	redisReply *reply = redis_eval(fn->redis, &lua_typed, 1, 7, argv);
	if (reply == NULL)
		return -1;
	if (strcmp(reply->str, "full") == 0)
		return err_limit(&fn->err, 1, "the program has not read what was typed before: wait until it does");
	if (strcmp(reply->str, "ended") == 0)
		return err_set(&fn->err, ERR_CONFLICT, "its input has ended: nothing can be typed behind the end");
	return 0;
}

void
typed_ring(struct fn *fn, const char *what, const char *id)
{
	if (redis_cmd(fn->redis, "XADD typed MAXLEN ~ 1000 * %s %s", what, id) != NULL)
		return;
	log_warn("%s %s: its runner was not rung: %s", what, id, fn->err.detail);
	err_clear(&fn->err);
}
