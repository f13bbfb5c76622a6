/*
 * redis_watch.h - what was read from Redis may be remembered until Redis says that it changed.
 *
 *	time = redis_watch_now(w);		before the question
 *	... ask Redis, and keep the answer with `time` ...
 *	redis_watch_now(w) == time		the answer still holds
 *
 * It is about all keys of one prefix at once, which should change seldom. 0 is no time: nobody would tell us of a
 * change, and what is remembered is worth nothing. Whoever changes a key can be sure that all who watch have been told
 * as soon as Redis has answered another command behind the change (not with it, in a pipeline).
 */
#ifndef IO_REDIS_WATCH_H
#define IO_REDIS_WATCH_H

#include <stdint.h>

struct redis_watch;

/* Redis' unix socket; each step of connecting is bounded by `timeout_ms`. Does not connect yet. */
struct redis_watch *redis_watch_new(const char *path, const char *prefix, int timeout_ms);
void redis_watch_free(struct redis_watch *w);

/* Connects where it is not; in vain at most once a second. Failing is no failure: then it is 0 o'clock. */
void redis_watch_open(struct redis_watch *w);

/* One system call, which does not wait. */
uint64_t redis_watch_now(struct redis_watch *w);

#endif
