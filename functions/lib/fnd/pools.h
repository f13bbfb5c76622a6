/*
 * pools.h - a function: its place, its zygote, its workers.
 *
 * The place (place.h) lives as long as the function does. Behind it
 *
 *	fresh -> zygote -> gone		one that has said READY takes the place of the one before; one that ends before
 *					it is ready changes nothing
 *	asked -> starting -> serving -> leaving -> gone
 *					a worker; each has a slot of the scoreboard
 *
 * A worker is told to end in one way (SIGTERM: after its request; ZYGOTE_OVERDUE: now) and has a time until which it
 * must have; then it is killed. A zygote that ends, for whatever reason, has its workers leave.
 *
 * zygotes.c has what happens to zygotes, workers.c what happens to workers, need.c decides that there must be one
 * more, pools.c is the rest. What is not kept is counted: pool_tick() looks at all workers once, whenever something is
 * due. All of it is called from one thread, in monotonic ms, and nothing blocks.
 */
#ifndef FND_POOL_H
#define FND_POOL_H

#include "loop.h"
#include "place.h"

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define NEVER INT64_MAX
#define LOOK 500		/* ms between looks at workers, while there are any */

struct worker {
	int64_t asked;		/* when; 0: there is none in this slot */
	pid_t pid;		/* 0: not heard of yet */
	bool stranger;		/* of the fnd before us, not our child */
	int64_t end_by;		/* it was told to end, and is killed then; 0: it was not */
};

struct zygote {
	struct pool *pool;
	struct watch watch;
	pid_t pid;
	int control;
	int64_t started;
	struct board_limits limits;	/* that its workers will have */
};

/* What a zygote was made from: a program, and its pool.conf. All zero where there is nothing. */
struct stamp {
	struct {
		ino_t inode;
		struct timespec written;
	} of[2];
};

struct pool {
	struct pool *next;
	struct place at;
	struct stamp stamp;		/* of the newest zygote */
	int64_t missing;		/* since when its program is not there; 0: it is */
	bool stopping;
	int64_t due;			/* when pool_tick() has something to do */

	struct watch watch;		/* of the listener */
	struct zygote *zygote, *fresh;	/* NULL: none */
	struct worker workers[BOARD_SLOTS];
	struct board_limits limits;	/* what holds; what the board shows of it, a worker could have written */

	int64_t pressed;		/* since when somebody waits whom perhaps nobody takes; 0: nobody does */
	unsigned failures;		/* in a row: workers that ended before they had served anybody */
	uint64_t answers;		/* that were given, and ... */
	int64_t answered_at;		/* ... when we saw that there were more; 0: never */
	int64_t retry_at;		/* until then it is broken: nothing is started */
};

/* What workers do, and some that follows from it. */
struct tally {
	unsigned serving, idle;		/* or starting to; of these, idle now */
	unsigned leaving;
	int64_t newest;			/* when the last of those that are starting was asked for; 0: none is */
	int64_t unheard;		/* likewise the first of those that were not heard of */
	bool lively;			/* one was asked something lately */
	bool proven;			/* one has served: the function works */
};

/* --- pools.c */
struct pool *pool_new(const char *directory, const char *name);	/* NULL: logged */
void pool_renew(struct pool *p);		/* program and pool.conf are read anew, workers replaced */
void pool_by(struct pool *p, int64_t at);	/* something is due then; 0: now */
bool pool_tick(struct pool *p, int64_t now);	/* what is due; false: it was stopped, and all have left */
const char *pool_how(int status);		/* a process ended, in words; until the next call */
bool pool_reaped(struct pool *p, pid_t pid, int status);	/* false: it is none of ours */
void pool_stop(struct pool *p);			/* nobody is served any more */
void pool_free(struct pool *p);
void pool_failed(struct pool *p);		/* something ended before it had served anybody */

/* --- zygotes.c */
bool pool_is_changed(const struct pool *p);	/* on disk, since its newest zygote was started */
void zygote_start(struct pool *p);		/* a fresh one; what fails is logged, and counts */
bool zygote_fork(struct zygote *z, unsigned slot);
void zygote_hear(void *zygote);			/* what it has said; NULL is none */
void zygote_dismiss(struct pool *p);		/* with its workers */
void zygote_end(struct zygote **z);		/* NULL from now on */
void zygotes_tick(struct pool *p, const struct tally *t, int64_t now);	/* one that hangs is killed */
bool zygote_reaped(struct pool *p, pid_t pid, int status);	/* false: it is none */

/* --- workers.c */
struct tally workers_tick(struct pool *p, int64_t now);	/* ends and buries who is due, counts the others */
bool workers_ask(struct pool *p, struct tally *t, int64_t now);	/* for one more, counted as serving */
void workers_forked(struct pool *p, int32_t slot, pid_t pid);
void workers_adopt(struct pool *p);
void workers_leave(struct pool *p);		/* all of them */
void workers_retire(struct pool *p, const struct tally *t);	/* who was idle for long */
void workers_kick(struct pool *p);		/* who is idle looks for requests */
bool workers_reaped(struct pool *p, pid_t pid, int status);

/* --- need.c */
void need_watch(struct pool *p);
void need_tick(struct pool *p, struct tally *t, int64_t now);

#endif
