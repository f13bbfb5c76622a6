/*
 * admit.h - whether one more run may join the queue, and if not, when to ask again.
 *
 * Bounds on what has not ended, of a person, a room and all; and no run joins a queue that it would wait in for longer
 * than VIVA_QUEUE_WAIT seconds. How long is predicted: the runs that must end before it can start, each as long as
 * runs take of late, on the slots that live and know the language. Whoever is refused is told that time.
 */
#ifndef RUNS_ADMIT_H
#define RUNS_ADMIT_H

#include "api.h"
#include "queries_runs.h"

/* Milliseconds until a new run would start; 0: now, or no runner lives and nobody can say. */
int64_t admit_wait_ms(const struct run_load_row *load);

/* Seconds after which it is worth asking again, when so much was predicted: 1 to 120. */
int admit_retry_s(int64_t wait_ms);

/* 0, or -1 with ERR_LIMIT. To be called under run_lock. */
int admit(struct fn *fn, const char *room, const char *language);

#endif
