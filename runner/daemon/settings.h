/*
 * settings.h - what the runner was told by its environment. Read once, before threads start.
 *
 * Names: infra/machine/README.md. The limits of a run are in box_limits.c.
 */
#ifndef RUNNER_SETTINGS_H
#define RUNNER_SETTINGS_H

#include <stdint.h>

#define SLOTS_MAX 64
#define TERMINALS_MAX 16

/* Where libraries come from: the only host that what installs them can reach. */
struct index_of {
	const char *setting;		/* its name, for people */
	const char *url;		/* as the installer is given it; NULL: libraries are not offered */
	const char *host;		/* of the url */
	int port;
};

struct settings {
	const char *name;		/* of this runner: VIVA_RUNNER, or the host's */
	const char *pg, *redis, *realtime, *docker;
	const char *jobs, *jobs_host;	/* one directory, as we see it and as the engine's host does */
	const char *libraries, *libraries_host;	/* likewise: sets of libraries that runs have in common */
	struct index_of index[2];	/* by enum manifest_kind: VIVA_PYPI, VIVA_NPM */
	const char *languages;		/* runner/languages of the tree */
	const char *recipes;		/* what their images are made of (language.h) */
	const char *images;		/* where runner/languages/build says how far it is */
	const char *compiled;		/* what was compiled before: cache.h */
	const char *seccomp;		/* the container's profile: JSON text */
	const char *init;		/* the program for process 1 */
	const char *metrics;		/* where they can be asked for: a unix socket's path, or a port on loopback */
	int slots;			/* runs at the same time */
	int terminals;			/* shared terminals at the same time */
	int idle_ms;			/* how long a terminal lives in which nothing happens */
	int64_t warm_bytes;		/* what containers that are kept ready may take of memory together */
	int install_ms;			/* what installing a run's libraries may take */
	int drain_ms;			/* how long a stopping runner lets runs finish */
};

extern struct settings settings;

/* Fills `settings`; a value that cannot be is logged and ends the process. */
void settings_read(void);

#endif
