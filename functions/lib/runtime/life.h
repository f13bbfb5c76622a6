/*
 * life.h - what keeps a worker alive, and what ends it.
 */
#ifndef RUNTIME_LIFE_H
#define RUNTIME_LIFE_H

#include "pg.h"
#include "scoreboard.h"

#include <stdbool.h>

/* Whether fnd started us to fork workers; otherwise the process serves by itself. */
bool zygote_wanted(void);

/*
 * Forks the workers that fnd asks for. Returns in each of them, with its slot of the scoreboard and a descriptor
 * that hangs up when it has to leave; and once in the zygote, with -1, when that has to end. `pg` is the worker's
 * with whatever connection it has: one that was kept for it, or has begun, where the one before it needed one for
 * its first request.
 */
int zygote_run(const struct board *board, struct pg *pg, int *lifeline);

/* A worker tells fnd that it can be woken by requests. */
void zygote_serves(int slot);

/*
 * From overdue_from() to overdue_until() fnd may say that the request's time is up: then the caller is answered 504
 * on `fd`, with the request's id, and the process ends at once. So it does whenever there is no memory left (503).
 */
void overdue_from(int fd, int fcgi_id, const char *request);
void overdue_until(void);

/* A worker that is to work in real time: its turns are short from now on. And whether it had one that was not. */
void live_begin(void);
bool live_is_over(void);

#endif
