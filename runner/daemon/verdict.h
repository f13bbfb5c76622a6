/*
 * verdict.h - how a run ended, from what was seen of it.
 *
 * Where several things are true the first of these counts: a person cancelled it, it printed too much, it took
 * too long, it wanted too much memory, it exited.
 */
#ifndef RUNNER_VERDICT_H
#define RUNNER_VERDICT_H

#include "../init/message.h"
#include "api_types.h"
#include "arena.h"

#include <stdbool.h>

struct facts {
	bool cancelled, over, late;
	const char *failed;		/* why it could not be run; else NULL */
	const char *uncompiled;		/* why it is no program; else NULL */
	const char *refused;		/* why its libraries cannot be had; else NULL */
	const char *lost;		/* why it was not seen through; else NULL */
	bool ended;			/* the init told the ending */
	struct ending ending;
	int64_t oom_kills;		/* -1: not known */
	int64_t wall_limit_ms, output_limit, memory_limit;
};

/* Fills status, exit_code, signal and detail of *run; texts come from the arena. */
void verdict(struct arena *a, const struct facts *f, struct run *run);

#endif
