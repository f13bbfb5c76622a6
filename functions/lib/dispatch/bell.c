/*
 * bell.c - see bell.h.
 *
 * One XREAD is always outstanding, from the last entry that was heard. While Redis is away it is tried again each time
 * somebody asks for the descriptor, but no more than twice a second.
 */
#include "bell.h"

#include "clock.h"
#include "log.h"
#include "redis.h"

#include <stdio.h>
#include <string.h>

#define AGAIN_MS 500
#define COMPLAIN_MS 10000

static struct redis *redis;
static struct arena *arena;
static struct err err;
static int fd = -1;
static char last[48] = "$";
static int64_t tried, complained;

void
bell_init(const char *path)
{
	redis = redis_new(path, 2000);
	arena = arena_new(8192);
}

static void
lost(int64_t now)
{
	if (complained == 0 || now - complained > COMPLAIN_MS) {
		log_warn("the bell cannot be heard, looking each second: %s", err.detail);
		complained = now;
	}
	fd = -1;
}

static void
listen_on(void)
{
	fd = redis_send(redis, "XREAD COUNT 100 BLOCK 0 STREAMS messages %s", last) < 0 ? -1 : redis_flush(redis);
	if (fd < 0)
		lost(clock_mono_ms());
}

int
bell_fd(void)
{
	int64_t now = clock_mono_ms();

	if (fd >= 0 || (tried != 0 && now - tried < AGAIN_MS))
		return fd;
	tried = now;
	err_clear(&err);
	redis_bind(redis, arena, &err);
	arena_reset(arena);
	listen_on();
	return fd;
}

/* The id of the last entry in XREAD's answer: [[name, [[id, fields], ...]]]. */
static void
remember(const redisReply *r)
{
	if (r->type != REDIS_REPLY_ARRAY || r->elements != 1 || r->element[0]->elements != 2)
		return;
	const redisReply *entries = r->element[0]->element[1];
	const redisReply *entry = entries->elements > 0 ? entries->element[entries->elements - 1] : NULL;
	if (entry != NULL && entry->elements == 2 && entry->element[0]->type == REDIS_REPLY_STRING)
		snprintf(last, sizeof(last), "%s", entry->element[0]->str);
}

bool
bell_rang(void)
{
	const redisReply *r = redis_reply(redis);

	if (r == NULL) {
		snprintf(last, sizeof(last), "$");	/* a Redis that lost its data counts from the beginning */
		lost(clock_mono_ms());
		return true;				/* what was not heard is looked for */
	}
	remember(r);
	arena_reset(arena);
	listen_on();
	return true;
}
