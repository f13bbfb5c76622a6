/*
 * get.c - GET /api/rooms/{room}/terminal: the room's last terminal, and what is left of what it showed.
 *
 * The runner keeps the last of it in a stream of Redis, until some minutes after the end; after that, or when Redis has
 * lost it, there is what was recorded. Who joins subscribes first and then comes here; who was cut off asks for what
 * came after the last that they have.
 */
#include "room_terminal.h"

#include <stdlib.h>
#include <string.h>

#define CHUNKS_MAX 4096		/* maxItems of TerminalView; the runner keeps fewer */
#define RECORDED_BYTES (128 << 10)	/* as much as the stream has */

/* Fields k, d, t, p in this order: runner/daemon/shell_log.c. */
static int
read_entry(struct fn *fn, const char *terminal, const redisReply *entry, struct terminal_chunk *out)
{
	const redisReply *f = entry->elements == 2 ? entry->element[1] : NULL;

	if (f == NULL || f->elements != 8)
		return err_set(&fn->err, ERR_INTERNAL, "terminal %s: an entry that is none", terminal);
	*out = (struct terminal_chunk){ .terminal = terminal, .seq = strtoll(entry->element[0]->str, NULL, 10),
		.kind = terminal_chunk_kind_of(f->element[1]->str), .data = f->element[3]->str,
		.participant = f->element[7]->len > 0 ? f->element[7]->str : NULL };
	return 0;
}

static int
show_chunks(struct fn *fn, const char *terminal, int64_t after, struct terminal_view *out)
{
	redisReply *r = redis_cmd(fn->redis, "XRANGE terminal:%s:log %lld-0 + COUNT %d", terminal, (long long)after + 1,
	    CHUNKS_MAX);

	if (r == NULL)
		return -1;
	out->chunks = arena_array(fn->arena, r->elements, sizeof(*out->chunks));
	for (; out->chunks_count < r->elements; out->chunks_count++)
		if (read_entry(fn, terminal, r->element[out->chunks_count], &out->chunks[out->chunks_count]) < 0)
			return -1;
	return 0;
}

static int
show_recorded(struct fn *fn, const char *terminal, int64_t after, struct terminal_view *out)
{
	struct terminal_recorded_row *rows;
	int n = terminal_recorded(fn->pg, &rows, terminal, after, CHUNKS_MAX, RECORDED_BYTES);

	out->chunks = arena_array(fn->arena, n > 0 ? (size_t)n : 0, sizeof(*out->chunks));
	for (int i = 0; i < n; i++)
		out->chunks[out->chunks_count++] = (struct terminal_chunk){ .terminal = terminal,
			.seq = rows[i].seq, .kind = terminal_chunk_kind_of(rows[i].kind), .data = rows[i].data,
			.participant = rows[i].participant };
	return n < 0 ? -1 : 0;
}

int
terminal_get(struct fn *fn, const struct terminal_get_params *params, struct terminal_view *out)
{
	struct terminal *t = arena_array(fn->arena, 1, sizeof(*t));
	int64_t after = params->has_after ? params->after : 0;
	int n = terminal_find(fn, params->room, false, t);

	if (n <= 0)
		return n;
	out->terminal = t;
	if (show_chunks(fn, t->id, after, out) < 0)
		return -1;
	return out->chunks_count == 0 ? show_recorded(fn, t->id, after, out) : 0;
}
