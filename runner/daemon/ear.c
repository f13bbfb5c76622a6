/*
 * ear.c - see ear.h.
 *
 * Apart from the queue's listener, since typing is frequent and wants to be felt at once. The stream `typed` says only
 * which run or terminal is worth a look; what was typed lies in a stream of its own.
 */
#include "ear.h"

#include "arena.h"
#include "log.h"
#include "queue.h"
#include "redis.h"
#include "settings.h"
#include "shells.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LISTEN_MS 2000
#define AGAIN_US 500000

struct ear {
	struct redis *redis;
	struct arena *arena;
	struct err err;
	char last[48];		/* "" until it is known where the stream ends */
};

/* Fields of one entry: what, id. */
static void
wake(const char *what, const char *id)
{
	if (strcmp(what, "run") == 0)
		queue_typed(id);
	else if (strcmp(what, "terminal") == 0)
		shells_rung(id);
}

static void
hear(struct ear *e, const redisReply *entry)
{
	const redisReply *fields = entry->elements == 2 ? entry->element[1] : NULL;

	if (fields == NULL || fields->elements < 2)
		return;
	snprintf(e->last, sizeof(e->last), "%s", entry->element[0]->str);
	wake(fields->element[0]->str, fields->element[1]->str);
}

static bool
place(struct ear *e)
{
	redisReply *r = redis_cmd(e->redis, "XREVRANGE typed + - COUNT 1");

	if (r == NULL)
		return false;
	bool some = r->type == REDIS_REPLY_ARRAY && r->elements == 1 && r->element[0]->elements == 2;
	snprintf(e->last, sizeof(e->last), "%s", some ? r->element[0]->element[0]->str : "0-0");
	return true;
}

static bool
listen_once(struct ear *e)
{
	err_clear(&e->err);
	redis_bind(e->redis, e->arena, &e->err);
	arena_reset(e->arena);
	if (e->last[0] == '\0' && !place(e))
		return false;
	redisReply *r = redis_cmd(e->redis, "XREAD COUNT 100 BLOCK %d STREAMS typed %s", LISTEN_MS, e->last);
	if (r == NULL)
		return false;
	if (r->type != REDIS_REPLY_ARRAY || r->elements != 1 || r->element[0]->elements != 2)
		return true;	/* nobody typed */
	const redisReply *entries = r->element[0]->element[1];
	for (size_t i = 0; i < entries->elements; i++)
		hear(e, entries->element[i]);
	return true;
}

static void *
listen_always(void *arg)
{
	struct ear e = { .redis = redis_new(settings.redis, 2 * LISTEN_MS), .arena = arena_new(16384) };
	bool hears = true;

	(void)arg;
	for (;;) {
		bool heard = listen_once(&e);
		if (!heard && hears)
			log_warn("typing is not heard at once: %s", e.err.detail);
		if (!heard)
			usleep(AGAIN_US);
		hears = heard;
	}
	return NULL;
}

void
ear_start(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, listen_always, NULL) != 0)
		abort();
}
