/*
 * redis.h - Redis over hiredis, one connection a process, opened at first use.
 *
 * A command is given as a printf-like format of hiredis (%s string, %b data and size_t length,
 * %lld ...): never paste text together. Replies live until the arena is reset. A lost connection is
 * opened again at the next call; the call that noticed fails with ERR_BUSY.
 */
#ifndef IO_REDIS_H
#define IO_REDIS_H

#include "arena.h"
#include "buf.h"
#include "err.h"

#include <hiredis/hiredis.h>
#include <stdint.h>

struct redis;

/*
 * The unix socket's path. Does not connect yet. `timeout_ms` bounds connecting and each reply. $VIVA_REDIS_PASSFILE
 * names a file `user password`, read now: as whom connections are opened. Without one it is Redis' default user.
 */
struct redis *redis_new(const char *path, int timeout_ms);
void redis_free(struct redis *r);
void redis_bind(struct redis *r, struct arena *arena, struct err *err);

/* One command, one reply: NULL with the error set on failure, and for an error reply of Redis too. */
redisReply *redis_cmd(struct redis *r, const char *fmt, ...);

/* Pipelining: queue any number with redis_send, then take the replies in order. */
int redis_send(struct redis *r, const char *fmt, ...);
redisReply *redis_reply(struct redis *r);

/* For who waits for more than Redis: sends what is queued; the descriptor that an answer can be read from, or -1. */
int redis_flush(struct redis *r);

/*
 * A script from a .lua file (build/gen/lua_<dir>.h makes `static struct redis_script NAME`), run by
 * EVALSHA and loaded when Redis does not know it. argv holds keys first, then arguments.
 */
struct redis_script {
	const char *name, *text;
	char sha[41];		/* filled at first use */
};
redisReply *redis_eval(struct redis *r, struct redis_script *s, int keys, int argc, const struct bytes *argv);

#endif
