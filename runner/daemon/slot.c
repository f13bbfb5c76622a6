/*
 * slot.c - see slot.h.
 */
#include "slot.h"

#include "queries_runner.h"
#include "settings.h"
#include "store.h"

#include <stdlib.h>

#define REDIS_TIMEOUT_MS 3000	/* longer than Redis may wait for its disk each second */

struct slot *
slot_new(int number)
{
	struct slot *s = calloc(1, sizeof(*s));

	if (s == NULL)
		abort();
	s->number = number;
	s->arena = arena_new(65536);
	s->scratch = arena_new(16384);
	s->pg = pg_new(settings.pg);
	pg_register(s->pg, queries_runner, queries_runner_count);
	s->redis = redis_new(settings.redis, REDIS_TIMEOUT_MS);
	s->realtime = realtime_new(settings.realtime);
	s->docker = docker_new(settings.docker);
	s->objects = store_open();
	slot_fresh(s);
	return s;
}

void
slot_fresh(struct slot *s)
{
	err_clear(&s->err);
	pg_bind(s->pg, s->scratch, &s->err);
	redis_bind(s->redis, s->scratch, &s->err);
	arena_reset(s->scratch);
}
