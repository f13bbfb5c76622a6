/*
 * delivery.h - a message on its way to its handler, and what became of it.
 */
#ifndef DISPATCH_DELIVERY_H
#define DISPATCH_DELIVERY_H

#include "fastcgi.h"
#include "trace.h"
#include "triggers.h"

#include <stdbool.h>
#include <stdint.h>

enum outcome {
	OUTCOME_NONE,		/* the handler has it */
	OUTCOME_DONE,
	OUTCOME_FAILED,		/* its handler failed, died or took too long: counts */
	OUTCOME_BUSY,		/* nobody could handle it, or something that is needed is away: does not count */
	OUTCOME_POISON,		/* the handler does not understand it, and never will */
};

struct delivery {
	const struct trigger *trigger;	/* NULL: this place is free */
	char id[128];
	char trace[TRACE_LEN + 1];	/* what it belongs to: of who sent it, or one of its own */
	int64_t attempt, failures;
	int64_t began, deadline;	/* monotonic ms */

	int fd;
	struct buf out;			/* the request; what was written is counted in `written` */
	size_t written;
	struct fastcgi_reply reply;

	enum outcome outcome;
	char reason[400];
};

/* Asks the function for message `id` in a free place; trace may be NULL. Never fails: what goes wrong is an outcome. */
void delivery_begin(struct delivery *d, const struct trigger *trigger, const char *id, int64_t attempt,
    struct bytes body, const char *trace);

/* What poll(2) shall wait for. */
short delivery_events(const struct delivery *d);

/* To be called when that has come, and when the deadline has passed. */
void delivery_step(struct delivery *d, int64_t now);

/* Frees the place. */
void delivery_end(struct delivery *d);

#endif
