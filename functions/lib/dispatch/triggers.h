/*
 * triggers.h - queues and schedules, the table that schemas/gen/triggers.mjs makes of api.yaml (build/gen/triggers.c).
 */
#ifndef DISPATCH_TRIGGERS_H
#define DISPATCH_TRIGGERS_H

#include <stddef.h>

struct trigger {
	const char *queue;	/* of a schedule: the operation */
	const char *operation;	/* who handles it ... */
	const char *function;	/* ... and in which program */
	int after;		/* seconds that a message rests before it is handled */
	int seconds;		/* that the handler may take */
	int failures;		/* of a message, then it is dead */
	int at_once;		/* messages that one dispatcher has on their way */
	int period, start;	/* of a schedule, in seconds; 0: a queue */
};

extern const struct trigger triggers[];		/* ended by one whose queue is NULL */
extern const size_t triggers_count;

#endif
