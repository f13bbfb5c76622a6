/*
 * pools.h - a function: its sockets, its zygote, its workers.
 *
 * The sockets live as long as the function does. Behind them
 *
 *	fresh -> zygote -> gone		one that has said READY takes the place of the one before, and that one's
 *					workers leave; one that ends before it is ready changes nothing
 *	asked -> starting -> serving -> leaving -> gone
 *					a worker; each has a slot of the scoreboard
 *
 * zygotes.c starts and hears zygotes, workers.c has what happens to workers, need.c decides that there must be one
 * more, pools.c is the rest. All of it is called from one thread with the time of now (monotonic ms), and nothing
 * blocks.
 */
#ifndef FND_POOL_H
#define FND_POOL_H

#include "loop.h"
#include "scoreboard.h"
#include "spawn.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#define NAME_MAX_LEN 48
#define FOREVER INT32_MAX
#define STOP_LIMIT 8000		/* ms that workers have to finish when fnd ends; less than a supervisor gives us */

struct worker {
	int64_t asked;		/* when; 0: there is none in this slot */
	pid_t pid;		/* 0: not heard of yet */
	bool stranger;		/* of the fnd before us, not our child */
	int64_t kill_at;	/* it leaves, and is killed then; 0: it does not leave */
	int64_t overdue;	/* when it was told that its request is; 0: it was not */
};

struct zygote {
	struct pool *pool;
	struct watch watch;
	pid_t pid;			/* 0: it has ended */
	int control;
	struct board_limits limits;	/* that its workers will have */
};

struct pool {
	struct pool *next;
	char name[NAME_MAX_LEN + 1], program[1024];
	struct identity identity;
	struct stat program_stat, conf_stat;	/* as they were when the newest zygote was started */
	bool found;			/* by the last scan of the directory */
	int64_t missing;		/* since when it was not, or 0 */
	bool stopping;

	int listener, board_fd, takeover;
	int keeper;			/* keeps the zygote of the fnd before us alive until ours is ready; -1 */
	struct board *board;
	struct watch watch;		/* of the listener */
	struct zygote *zygote, *fresh;	/* NULL: none */
	struct worker workers[BOARD_SLOTS];

	bool pressed;			/* somebody waits, and perhaps nobody is there to take it */
	int64_t pressed_at, asked_at;	/* since when; when a worker was asked for, last */
	unsigned failures;		/* in a row: workers that ended before they had served anybody */
	int64_t retry_at;		/* until then nothing is started */
};

/* How many workers do what. */
struct tally {
	unsigned starting, idle, busy, leaving;
};

/* --- pools.c */
struct pool *pool_new(const char *directory, const char *name, const struct identity *who);	/* NULL: logged */
void pool_renew(struct pool *p);		/* program and pool.conf are read anew, workers replaced */
bool pool_is_changed(const struct pool *p);	/* on disk, since then */
int64_t pool_tick(struct pool *p, int64_t now);	/* what is due; returns when it wants to be called again, in ms */
bool pool_reaped(struct pool *p, pid_t pid, int status, int64_t now);	/* false: it is none of ours */
void pool_stop(struct pool *p, int64_t now);	/* nobody is served any more */
bool pool_is_empty(const struct pool *p);
void pool_free(struct pool *p);
void pool_failed(struct pool *p, int64_t now);	/* something ended before it had served anybody */
bool pool_is_broken(const struct pool *p, int64_t now);

/* --- zygotes.c */
struct zygote *zygote_start(struct pool *p, const struct board_limits *limits);	/* NULL: logged */
void zygote_hear(void *zygote);			/* what it has said */
void zygote_end(struct zygote *z);		/* NULL is none */
bool zygote_fork(struct zygote *z, unsigned slot);

/* --- workers.c */
struct tally workers_tally(const struct pool *p);
bool workers_ask(struct pool *p, int64_t now);
void workers_forked(struct pool *p, int32_t slot, pid_t pid, int64_t now);
void workers_unheard(struct pool *p);		/* those asked for and not forked never will be: their zygote is gone */
void workers_adopt(struct pool *p, int64_t now);
void workers_leave(struct pool *p, int64_t now, int64_t limit);	/* all of them */
void workers_kick(struct pool *p);		/* who is idle looks for requests */
bool workers_reaped(struct pool *p, pid_t pid, int status, int64_t now);
int64_t workers_tick(struct pool *p, int64_t now);

/* --- need.c */
void need_watch(struct pool *p);
int64_t need_tick(struct pool *p, int64_t now);

#endif
