/*
 * flight.h - of several runs that want the same thing made at the same time, one makes it and the others wait.
 *
 * What fails, fails for all who waited for it: a program that no compiler gets to the end of, or an index that never
 * answers, costs each of them one time limit, not one after the other.
 *
 *	switch (flight_enter(j, key, &why, &said)) {
 *	case FLIGHT_MINE:			// look whether it is there by now, else make it; then, always,
 *		flight_leave(j, why, &said);
 *	case FLIGHT_OVER:			// somebody made it, or gave up: look, and enter again
 *	case FLIGHT_FAILED:			// *why and *said are the maker's
 *	case FLIGHT_UNWANTED:			// the run was cancelled, is not ours any more, or the runner gives up
 *	}
 */
#ifndef RUNNER_FLIGHT_H
#define RUNNER_FLIGHT_H

#include "job.h"

#define FLIGHT_KEY_MAX 64

enum flight { FLIGHT_MINE, FLIGHT_OVER, FLIGHT_FAILED, FLIGHT_UNWANTED };

/* Waits while somebody makes this; the lease is renewed. *why lives in the slot's arena, *said is added to. */
enum flight flight_enter(struct job *j, const char *key, const char **why, struct buf *said);

/*
 * What this job made is there, or will not be. `why` not NULL: it cannot be made, by nobody, and this is what all are
 * to be told; NULL for what is there and for what was only this job's misfortune.
 */
void flight_leave(struct job *j, const char *why, const struct buf *said);

#endif
