/*
 * output.h - from what a program writes to numbered chunks.
 *
 * Pure bookkeeping: no descriptor is read and nothing is sent here. The first bytes become a chunk at once;
 * what follows within OUTPUT_WINDOW_MS gathers, up to OUTPUT_CHUNK bytes. stdout and stderr keep the order in
 * which they were read. A program that drips for minutes gets wider windows, so that the number of chunks
 * stays bounded. Past the limit nothing more is taken; what came before is kept to the last byte.
 *
 * What people type is a chunk at once, between what was printed before and after.
 *
 * The chunks of a run stay here until it has ended: they are what is written to the database then.
 */
#ifndef RUNNER_OUTPUT_H
#define RUNNER_OUTPUT_H

#include "api_types.h"
#include "arena.h"
#include "text.h"

#include <stdbool.h>

#define OUTPUT_WINDOW_MS 16
#define OUTPUT_CHUNK 16384
#define OUTPUT_GATHER 8		/* pieces of changing streams in one window; beyond, they join their stream's last */

struct chunk {
	int64_t seq;		/* from 1 */
	enum stream stream;
	const char *participant;	/* who typed it, in STREAM_STDIN; else NULL */
	const char *data;	/* UTF-8, ended by a NUL */
	size_t len;
	int64_t at_ms;		/* wall clock */
};

struct output {
	struct arena *arena;
	int64_t limit, taken;	/* bytes as the program wrote them */
	bool over;		/* it wrote more than the limit */
	struct chunk *chunks;
	size_t count, room;
	struct {
		enum stream stream;
		struct buf text;
	} gather[OUTPUT_GATHER];
	size_t gathered;
	struct text_tail tails[2];
	int64_t cut_at;		/* when the last chunk was cut, monotonic ms; 0: never */
};

/* `arena` holds the chunks. */
void output_init(struct output *o, struct arena *arena, int64_t limit);
void output_free(struct output *o);

/* A chunk of an earlier attempt; its text is copied. Before anything else is added. */
void output_adopt(struct output *o, const struct chunk *c);

/* Bytes from STREAM_STDOUT or STREAM_STDERR. */
void output_add(struct output *o, enum stream stream, const void *data, size_t len);

/* Somebody typed this: a chunk of STREAM_STDIN, behind all that was printed until now. Text is copied. */
void output_typed(struct output *o, const char *participant, const char *data, size_t len, int64_t mono_ms,
    int64_t wall_ms);

/* Both streams have ended. */
void output_end(struct output *o);

/* Milliseconds until output_cut() should be called; 0 now, -1 there is nothing to cut. */
int output_wait(const struct output *o, int64_t mono_ms);

/* Makes chunks of what gathered. */
void output_cut(struct output *o, int64_t mono_ms, int64_t wall_ms);

#endif
