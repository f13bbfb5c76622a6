/*
 * feed.h - what a program reads: what was given with it, then what people type while it runs.
 *
 * What is typed waits in a stream of Redis (functions/lib/runtime/typed.h). It is taken from there only while the
 * program is not far behind, shown to the room, and written to the program as it reads: pipe, feed and stream are
 * bounded each, so a program that does not read makes who types wait, and nothing else.
 *
 * An entry is removed from Redis once what shows it was stored: a runner that dies in between leaves it to the next.
 */
#ifndef RUNNER_FEED_H
#define RUNNER_FEED_H

#include "arena.h"
#include "buf.h"
#include "redis.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FEED_WAITING_MAX 65536		/* no more is taken while so many bytes have not been read */

struct feed {
	const char *given;		/* the caller's */
	size_t given_len, given_sent;
	struct buf typed;
	size_t typed_sent;
	bool open;			/* more may be typed */
	int64_t taken, most;		/* bytes typed so far, and at most */
	char last[48];			/* id of the last entry that was taken */
	char removed[48];		/* of the last that was removed */
};

/* Something that was typed; `data` lives until the slot's scratch is reset. */
struct feed_entry {
	const char *data, *participant;
	size_t len;
	bool eof;			/* the end comes after it */
	bool size;			/* it is a size of the terminal, and is not written */
};

/* `most` bytes may be typed behind what was given; 0: it ends there. */
void feed_init(struct feed *f, const char *given, int64_t most);
void feed_free(struct feed *f);

/* Whether there is something to write, or an end to tell. */
bool feed_due(const struct feed *f);

/* Writes what the descriptor takes. False: the program is to see the end now, or it does not read any more. */
bool feed_write(struct feed *f, int fd);

/*
 * Takes what was typed since: how many entries were put into *entries (arena of `redis`), or -1. What is taken will be
 * written; the caller shows it.
 */
int feed_take(struct feed *f, struct redis *redis, struct arena *a, const char *key, struct feed_entry **entries);

/* To be called when what was taken has been stored elsewhere: removes it. An end stays, for typed.lua to see. */
void feed_taken(struct feed *f, struct redis *redis, const char *key);

#endif
