/*
 * shell_log.h - all that happens in a terminal, numbered: stored, then shown, then recorded.
 *
 * What is printed becomes a chunk at once and then every 16 ms or 16 KiB, never half a character; what is typed and
 * each resize are chunks of their own, in between. A chunk goes to the terminal's stream in Redis, then to the room's
 * channel; every few seconds what has gathered is put into the table terminal_log, and the stream is cut back to what a
 * joiner needs. A runner that dies leaves in the stream what the table lacks: shell_log_rescue().
 *
 * When Redis is away chunks gather here, and shell_log_full() says that no more should be read from the program.
 */
#ifndef RUNNER_SHELL_LOG_H
#define RUNNER_SHELL_LOG_H

#include "api_types.h"
#include "slot.h"
#include "text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct shell_chunk {
	int64_t seq, at_ms;
	enum terminal_chunk_kind kind;
	char participant[32];	/* "" when it is the program's */
	char *data;
	size_t len;
};

struct shell_log {
	struct slot *slot;
	const char *id, *room;		/* the terminal's and its room's; the caller's */
	struct shell_chunk *chunks;	/* not recorded yet */
	size_t count, space;
	size_t stored;			/* of those, how many are in Redis and were shown */
	size_t waiting, unrecorded;	/* bytes that were not stored, not recorded */
	int64_t seq;			/* of the last chunk */
	int64_t printed;		/* bytes in all */
	struct buf gathered;
	struct text_tail tail;
	int64_t cut_at, again_at, record_at;	/* monotonic ms */
	struct { int64_t seq; size_t len; } kept[1024];	/* a ring: what the stream holds that was recorded */
	size_t kept_from, kept_count, kept_bytes;
};

void shell_log_init(struct shell_log *l, struct slot *s, const char *id, const char *room);
void shell_log_free(struct shell_log *l);

/* Bytes that the program printed. NUL, which a terminal ignores, is left out. */
void shell_log_printed(struct shell_log *l, const uint8_t *data, size_t len);

/* Something that people did, after all that was printed until now. */
void shell_log_did(struct shell_log *l, enum terminal_chunk_kind kind, const char *participant, const char *data,
    size_t len);

/* Too much has not been stored: nothing more should be read from the program for now. */
bool shell_log_full(const struct shell_log *l);

/* Milliseconds until shell_log_work() has something to do; -1: nothing. */
int shell_log_wait(const struct shell_log *l, int64_t now);

/* Cuts, stores and shows what is due. */
void shell_log_work(struct shell_log *l, int64_t now);

/* Records all that was stored; false: the database could not do it. */
bool shell_log_record(struct shell_log *l, int64_t now);

/* The end: everything is cut, stored, shown and recorded, as far as it can be within some seconds. */
void shell_log_end(struct shell_log *l);

/* Records what a terminal's stream still holds after its runner died. False: not done, try again. */
bool shell_log_rescue(struct slot *s, const char *id);

/* To the room: how the terminal is doing. */
void shell_tell(struct slot *s, const struct terminal *t);

#endif
