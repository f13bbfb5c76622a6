/*
 * store.h - what of a run is too large for its row, in the store of objects.
 *
 * Files that were asked to run lie at runs/<run>/program, put there by functions/runs. Output of 64 KiB and more goes
 * to runs/<run>/output.<attempt>: an attempt that lost its lease writes beside the others, never over them.
 */
#ifndef RUNNER_STORE_H
#define RUNNER_STORE_H

#include "job.h"

/* Opens VIVA_OBJECTS for a slot; what makes no sense ends the process. NULL: there is no store. */
struct objects *store_open(void);

/*
 * The rows of a lease whose files lie in the store, one a file, instead of the one row that says so. Files that
 * are not there or cannot be read leave it as it is: a row without a path. -1: the store is away.
 */
int store_program(struct slot *s, struct run_lease_row **rows, int *n);

/* Puts all output away. Its key, or NULL: it is small, or it could not be stored and has to go into the database. */
const char *store_output(struct job *j);

/* The end was not ours after all: its output is nobody's. */
void store_forget(struct job *j, const char *key);

/* Deletes objects whose runs were deleted, some at a time. */
void store_sweep(struct slot *s);

#endif
