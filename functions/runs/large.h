/*
 * large.h - what of a run is too large for its row: files that were asked to run, output that was printed.
 *
 * Where VIVA_OBJECTS is not set all of it stays in the database, and these say so.
 */
#ifndef RUNS_LARGE_H
#define RUNS_LARGE_H

#include "api.h"

/* From so many bytes on the store is used. The runner has the same number for output. */
#define LARGE 65536

/*
 * Where a run's files will be: 0 with *key, or NULL where they are small or there is no store. To be called before the
 * transaction that writes the run: should it not come to that, sweep.c finds what was stored.
 */
int large_announce(struct fn *fn, const char *run, struct bytes files, const char **key);

/* Puts them there. */
int large_program(struct fn *fn, const char *key, struct bytes files);

/* Reads exactly len bytes of an object. */
int large_read(struct fn *fn, const char *key, int64_t from, size_t len, struct bytes *out);

#endif
