/*
 * settings.h - what the runner was told by its environment. Read once, before threads start.
 *
 * Names: infra/machine/README.md; the limits of a run are here, in one place.
 */
#ifndef RUNNER_SETTINGS_H
#define RUNNER_SETTINGS_H

#include <stdint.h>

#define SLOTS_MAX 64	/* an image has a user for each slot: runner/languages/build */

struct settings {
	const char *name;		/* of this runner: VIVA_RUNNER, or the host's */
	const char *pg, *redis, *realtime, *docker;
	const char *jobs, *jobs_host;	/* one directory, as we see it and as the engine's host does */
	const char *languages;		/* runner/languages of the tree */
	const char *seccomp;		/* the container's profile: JSON text */
	const char *init;		/* the program for process 1 */
	int slots;			/* runs at the same time */
	int warm;			/* containers kept ready for each language, at least */
	int drain_ms;			/* how long a stopping runner lets runs finish */

	int64_t memory;			/* bytes, of all of a run together, its files included */
	int64_t output;			/* bytes on stdout and stderr together */
	int pids;
	int cpu_period_us, cpu_quota_us, cpu_burst_us;
};

extern struct settings settings;

/* Fills `settings`; a value that cannot be is logged and ends the process. */
void settings_read(void);

#endif
