/*
 * rebuild.c - clocks and client bindings of a document, put back into Redis.
 */
#include "docs.h"

#include "clock.h"
#include "lua_docs.h"
#include "queries_docs.h"

#include <string.h>

#define SPLIT_BYTES 32
#define KEEP_SECONDS (30 * 24 * 3600)

uint64_t
document_weight(struct bytes update)
{
	struct yjs_info info = { 0 };
	struct err e = { 0 };

	if (yjs_validate(update, &yjs_limits_all, &info, &e) < 0)
		return update.len;
	return update.len + SPLIT_BYTES * ((uint64_t)info.structs + 2 * (uint64_t)info.deletes);
}

/* argv of a script, growing. */
struct args {
	struct arena *arena;
	struct bytes *v;
	size_t n, cap;
};

static void
arg(struct args *a, const void *data, size_t len)
{
	if (a->n == a->cap) {
		struct bytes *v = arena_array(a->arena, a->cap * 2 + 16, sizeof(*v));
		if (a->n > 0)
			memcpy(v, a->v, a->n * sizeof(*v));
		a->v = v;
		a->cap = a->cap * 2 + 16;
	}
	a->v[a->n++] = (struct bytes){ data, len };
}

static void
arg_str(struct args *a, const char *s)
{
	arg(a, s, strlen(s));
}

static void
arg_num(struct args *a, uint64_t n)
{
	arg_str(a, arena_printf(a->arena, "%llu", (unsigned long long)n));
}

/* Bindings as the checkpoint has them, then as the tail shows: who wrote a client's structs first. */
static int
add_bindings(struct fn *fn, struct args *a, const struct doc_state *s)
{
	const char *p = s->clients;

	/* Our own text, from jsonb: {"123": "participant", ...}. Nothing in it needs unescaping. */
	while ((p = strchr(p, '"')) != NULL) {
		const char *end = strchr(p + 1, '"');
		if (end == NULL)
			return err_set(&fn->err, ERR_INTERNAL, "a checkpoint's clients cannot be read");
		arg(a, p + 1, (size_t)(end - p - 1));
		p = end + 1;
	}
	for (size_t i = 0; i < s->tail_count; i++) {
		struct yjs_ranges ranges;
		if (yjs_ranges(fn->arena, s->tail[i].update, &yjs_limits_all, &ranges, NULL, &fn->err) < 0)
			return -1;
		for (size_t k = 0; k < ranges.n; k++) {
			arg_num(a, ranges.v[k].client);
			arg(a, s->tail[i].participant.data, s->tail[i].participant.len);
		}
	}
	return 0;
}

/*
 * Clocks as append.lua writes them: what the log has of a client from 0 on, then pieces whose predecessor
 * has not come, and till where it waits for them.
 */
static void
add_clocks(struct args *a, const struct yjs_ranges *runs, size_t *n)
{
	struct buf clock = { 0 };

	*n = 0;
	for (size_t i = 0, next; i < runs->n; i = next, ++*n) {
		const struct yjs_range *r = &runs->v[i];
		size_t piece = r->start == 0 ? i + 1 : i;
		buf_clear(&clock);
		buf_printf(&clock, "%u", r->start == 0 ? r->end : 0);
		for (next = piece; next < runs->n && runs->v[next].client == r->client; next++)
			buf_printf(&clock, ",%u-%u", runs->v[next].start, runs->v[next].end);
		if (next > piece)
			buf_printf(&clock, ";%u;%lld;0", runs->v[next - 1].start, (long long)clock_wall_ms());
		arg_num(a, r->client);
		arg_str(a, arena_strdup(a->arena, buf_cstr(&clock)));
	}
	buf_free(&clock);
}

/* What waits counts: the log has it, and a resend of it is a repetition. */
static int
stored_runs(struct fn *fn, const struct doc_state *state, struct yjs_ranges *out)
{
	struct buf whole = { 0 };
	struct yjs_doc *doc;
	int failed = -1;

	if (document_build(fn, state, &doc) == 0 && yjs_doc_encode_pending(doc, NULL, &whole, &fn->err) == 0)
		failed = yjs_ranges(fn->arena, buf_bytes(&whole), &yjs_limits_all, out, NULL, &fn->err);
	buf_free(&whole);
	return failed;
}

int
document_rebuild(struct fn *fn, const struct doc *d)
{
	struct args a = { .arena = fn->arena }, clocks = { .arena = fn->arena };
	struct doc_state state;
	struct log_size_row *size;
	struct yjs_ranges runs;
	uint64_t bytes, weight = 0;
	size_t n;

	if (document_load(fn, d, &state) < 0 || log_size(fn->pg, &size, d->room, d->name) < 0 ||
	    stored_runs(fn, &state, &runs) < 0)
		return -1;
	bytes = (uint64_t)size->bytes;
	for (size_t i = 0; i < state.tail_count; i++) {
		bytes += state.tail[i].update.len;
		weight += document_weight(state.tail[i].update);
	}
	add_clocks(&clocks, &runs, &n);
	arg_str(&a, d->clients);
	arg_str(&a, d->clocks);
	arg_num(&a, bytes);
	arg_num(&a, state.checkpoint.len);
	arg_num(&a, weight);
	arg_num(&a, KEEP_SECONDS);
	arg_num(&a, n);
	for (size_t i = 0; i < clocks.n; i++)
		arg(&a, clocks.v[i].data, clocks.v[i].len);
	if (add_bindings(fn, &a, &state) < 0)
		return -1;
	return redis_eval(fn->redis, &lua_rebuild, 2, (int)a.n, a.v) == NULL ? -1 : 0;
}
