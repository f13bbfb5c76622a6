/*
 * output.c - GET /api/runs/{run}/output: what a run has printed after a seq.
 *
 * While a run is running its chunks are in a stream of Redis, whose ids are the seqs; as it ends the runner copies all
 * of them into run_output, with the row that says that it has ended, and the stream goes ten minutes later. The row
 * is read first: if it says ended then, the table is complete and this may be the last of it.
 * Where it is large the table has the places of the texts only, and they are read from the store of objects (large.h).
 * One reply is bounded; who gets less than all asks again after the last seq it got.
 */
#include "large.h"
#include "run.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define CHUNKS_MAX 1000		/* maxItems of RunOutput */
#define BYTES_MAX (1 << 20)	/* a reply's, nearly: the chunk that crosses it is the last */
#define PAGE 64

/* Texts that lie in the store of objects, where they stand one behind the other. */
static int
from_store(struct fn *fn, struct run_output_get_row *rows, int n)
{
	struct bytes all;

	if (n == 0 || !rows[0].has_place)
		return 0;
	int64_t first = rows[0].place;
	size_t len = (size_t)(rows[n - 1].place + rows[n - 1].size - first);
	if (large_read(fn, rows[0].printed, first, len, &all) < 0)
		return -1;
	for (int i = 0; i < n; i++)
		rows[i].data = arena_strndup(fn->arena, (const char *)all.data + (rows[i].place - first),
		    (size_t)rows[i].size);
	return 0;
}

/* Reads on from seq `after` in PostgreSQL; *more says whether something is left there. */
static int
from_table(struct fn *fn, const char *run, int64_t after, struct run_output *out, bool *more)
{
	struct run_output_get_row *rows;
	/* One more than is shown tells whether there are more. */
	int n = run_output_get(fn->pg, &rows, run, after, CHUNKS_MAX + 1, BYTES_MAX);
	int64_t bytes = 0;

	if (n < 0)
		return -1;
	*more = n > CHUNKS_MAX;
	if (n > CHUNKS_MAX)
		n = CHUNKS_MAX;
	if (from_store(fn, rows, n) < 0)
		return -1;
	for (int i = 0; i < n; i++) {
		bytes += rows[i].size;
		out->chunks[out->chunks_count++] = (struct run_chunk){
			.seq = rows[i].seq, .stream = stream_of(rows[i].stream), .data = rows[i].data,
			.participant = rows[i].participant };
	}
	*more |= bytes >= BYTES_MAX;
	return 0;
}

/* An entry of the stream: fields s, d, t and, of what somebody typed, p, in any order. */
static int
read_entry(struct fn *fn, const redisReply *entry, struct run_chunk *out)
{
	if (entry->elements != 2 || entry->element[1]->type != REDIS_REPLY_ARRAY)
		return err_set(&fn->err, ERR_INTERNAL, "run output: an entry that is none");
	const redisReply *fields = entry->element[1];
	out->seq = strtoll(entry->element[0]->str, NULL, 10);
	for (size_t i = 0; i + 1 < fields->elements; i += 2) {
		if (strcmp(fields->element[i]->str, "s") == 0)
			out->stream = stream_of(fields->element[i + 1]->str);
		else if (strcmp(fields->element[i]->str, "d") == 0)
			out->data = fields->element[i + 1]->str;
		else if (strcmp(fields->element[i]->str, "p") == 0)
			out->participant = fields->element[i + 1]->str;
	}
	if (out->stream == STREAM_NONE || out->data == NULL)
		return err_set(&fn->err, ERR_INTERNAL, "run output: entry %s lacks a field", entry->element[0]->str);
	return 0;
}

/* Reads on from seq `after` in Redis, until the reply is full or nothing is left. */
static int
from_stream(struct fn *fn, const char *run, int64_t after, struct run_output *out)
{
	size_t bytes = 0, got = PAGE;

	while (got == PAGE && out->chunks_count + PAGE <= CHUNKS_MAX && bytes < BYTES_MAX) {
		redisReply *page = redis_cmd(fn->redis, "XRANGE run:%s:output %lld-0 + COUNT %d", run,
		    (long long)after + 1, PAGE);
		if (page == NULL)
			return -1;
		got = page->elements;
		for (size_t i = 0; i < got; i++) {
			struct run_chunk *chunk = &out->chunks[out->chunks_count];
			if (read_entry(fn, page->element[i], chunk) < 0)
				return -1;
			bytes += strlen(chunk->data);
			after = chunk->seq;
			out->chunks_count++;
		}
	}
	return 0;
}

int
runs_output(struct fn *fn, const struct runs_output_params *params, struct run_output *out)
{
	int64_t after = params->has_after ? params->after : 0;
	bool more = false;
	struct run run;

	if (run_open(fn, params->run, WHO_MEMBER, &run) < 0)
		return -1;
	out->chunks = arena_array(fn->arena, CHUNKS_MAX, sizeof(*out->chunks));
	if (run.ended_at == NULL)
		return from_stream(fn, run.id, after, out);
	if (from_table(fn, run.id, after, out, &more) < 0)
		return -1;
	out->done = !more;
	return 0;
}
