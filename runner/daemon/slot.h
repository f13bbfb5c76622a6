/*
 * slot.h - one thread that runs one program at a time, and what it needs for that.
 *
 * Nothing in it is shared. `scratch` lives for one conversation with the database or Redis, `arena` for a run.
 */
#ifndef RUNNER_SLOT_H
#define RUNNER_SLOT_H

#include "arena.h"
#include "docker.h"
#include "err.h"
#include "pg.h"
#include "realtime.h"
#include "redis.h"

struct slot {
	int number;		/* from 0 */
	struct arena *arena, *scratch;
	struct err err;
	struct pg *pg;
	struct redis *redis;
	struct realtime *realtime;
	struct docker *docker;
	struct objects *objects;	/* NULL: there is no store */
};

struct slot *slot_new(int number);

/* Before each conversation: forgets the last one's error and replies. */
void slot_fresh(struct slot *s);

#endif
