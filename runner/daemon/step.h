/*
 * step.h - one program in a box of its own, before the run proper: what compiles, what installs libraries.
 *
 * As hostile as the run itself: a fresh box, used once, of a class with limits of its own (box_limits.h). What it
 * makes comes out through one descriptor and nothing else, as bytes that nobody here looks into.
 */
#ifndef RUNNER_STEP_H
#define RUNNER_STEP_H

#include "job.h"

struct step {
	const struct lang *language;
	enum box_class class;
	const char *const *words;		/* the command; an absolute path first */
	size_t word_count;
	const char *const *env;			/* beside that of every program (program_environment) */
	size_t env_count;
	const struct program_file *files;	/* below /w */
	size_t file_count;
	const char *door_host;			/* door.h; NULL: no way out */
	int door_port;
	int wall_ms;				/* its time limit */
	int result;				/* the caller's file or memfd becomes its descriptor 3; -1: none */
};

enum step_end {
	STEP_DONE,		/* it exited with 0 */
	STEP_FAILED,		/* with something else, or by a signal */
	STEP_LATE,		/* its time was over */
	STEP_MEMORY,		/* it wanted too much */
	STEP_BROKEN,		/* no fault of its own: no box, or it was lost */
	STEP_STOPPED,		/* the run was cancelled, the lease is lost, or the runner gives up */
};

#define STEP_SAID_MAX 65536	/* bytes of what it prints that are kept: the first ones */

/*
 * Sees it through; the job's lease is renewed meanwhile. *said gets what it printed on both streams, as UTF-8, or, for
 * STEP_BROKEN, why.
 */
enum step_end step_run(struct job *j, const struct step *s, struct buf *said);

#endif
