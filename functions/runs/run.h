/*
 * run.h - what the operations of runs share.
 */
#ifndef RUNS_RUN_H
#define RUNS_RUN_H

#include "api.h"
#include "queries_runs.h"

/* A run by its id, if the caller is at least `least` in its room: fn_enter() has been called then. */
int run_open(struct fn *fn, const char *id, enum who least, struct run *out);

/* A row of run_find as the API shows it. */
void run_show(struct fn *fn, const struct run_find_row *row, struct run *out);

/* Fills in the files of a run that asks for the room's document. */
int run_from_document(struct fn *fn, const char *room, struct run_new *run);

/* Tells everyone in its room how the run is doing. */
void run_tell(struct fn *fn, const struct run *run);

/* Rings a doorbell of the runner: "jobs" or "cancels". Failing is logged: the reconciler rings again. */
void run_ring(struct fn *fn, const char *stream, const char *id);

#endif
