/*
 * libraries.h - the libraries that a run's requirements.txt or package.json asks for, as a folder to mount.
 *
 * They are installed once, in a step of its own (step.h) that reaches only the index an operator named, and kept: the
 * next run that asks for the same ones of the same image finds them. A run that has them gets a box made for it, in
 * which they are mounted, read-only, where its language looks for libraries.
 */
#ifndef RUNNER_LIBRARIES_H
#define RUNNER_LIBRARIES_H

#include "job.h"

#define LIBRARIES_KEPT_MAX 128			/* sets of libraries */
#define LIBRARIES_BYTES_MAX (4ll << 30)		/* all of them together; the ones used longest ago go first */
#define LIBRARIES_SET_MAX (256ll << 20)		/* one of them */

/* Reads what is kept from before. Once, at start. */
void libraries_start(void);

enum libraries {
	LIBRARIES_NONE,		/* the run asks for none */
	LIBRARIES_READY,	/* j->libraries_folder is what to mount, until j->libraries is released */
	LIBRARIES_REFUSED,	/* the run ends as dependency_error; why is in its output and in j->facts.refused */
	LIBRARIES_BROKEN,	/* we could not: j->facts.failed says it */
	LIBRARIES_STOPPED,	/* the run was cancelled, or is not ours any more */
};

enum libraries libraries_get(struct job *j);

/* It is not mounted anywhere on behalf of this run any more. NULL is fine. */
void libraries_release(struct library_set *set);

#endif
