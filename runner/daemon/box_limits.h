/*
 * box_limits.h - what a box may use, by what it is for. The one place where these numbers stand.
 */
#ifndef RUNNER_BOX_LIMITS_H
#define RUNNER_BOX_LIMITS_H

#include <stdint.h>

enum box_class {
	BOX_RUN,		/* a candidate's program */
	BOX_COMPILE,		/* what makes a program of its source: as hostile, but heavier and short */
	BOX_TERMINAL,		/* a shell that lives as long as people use it */
	BOX_INSTALL,		/* fetches and unpacks libraries */
	BOX_CLASSES,
};

struct box_limits {
	const char *name;	/* of the class */
	int64_t memory;		/* bytes, of all in it together, what it writes included; no swap */
	int64_t work, tmp;	/* bytes in /w and in /tmp; a file there may be as large */
	int64_t output;		/* bytes on stdout and stderr together */
	int wall_ms;		/* 0: whoever asks for it says how long */
	int cpu_quota_us;	/* of processor in each BOX_PERIOD_US */
	int cpu_burst_us;	/* what it may save up of that while it is idle */
	int pids;		/* processes and threads */
	int files;		/* open descriptors of a process */
};

#define BOX_PERIOD_US 100000

const struct box_limits *box_limits(enum box_class class);

#endif
