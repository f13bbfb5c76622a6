/*
 * workers.h - the functions and their workers: who should run, who runs, when to try again.
 */
#ifndef FND_WORKERS_H
#define FND_WORKERS_H

#include "spawn.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Finds every program in `directory` and gives it a socket and places for workers; called again, it replaces
 * the workers of all of them, and those of programs that are gone leave. 0, or -1 when nothing can be served.
 */
int workers_load(const char *directory, const struct identity *who);

/* Starts and stops what is due at `now` (monotonic ms). Returns how long the next thing may wait, in ms. */
int64_t workers_tick(int64_t now);

/* A child ended. */
void workers_ended(pid_t pid, int status, int64_t now);

/* All leave, and nobody is started any more; done when workers_left() is 0. */
void workers_stop(int64_t now);
int workers_left(void);

#endif
