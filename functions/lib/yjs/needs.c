/*
 * needs.c - what an update takes for granted, without a document.
 */
#include "block.h"

#include <stdlib.h>

/* That the client's clock is at least this. Neighbours of one client become one. */
static void
need(struct buf *out, uint64_t client, uint32_t clock)
{
	struct yjs_clock *last = NULL;

	if (out->len > 0)
		last = (struct yjs_clock *)(void *)(out->data + out->len - sizeof(*last));
	if (last != NULL && last->client == client) {
		last->clock = clock > last->clock ? clock : last->clock;
		return;
	}
	buf_add(out, &(struct yjs_clock){ .client = client, .clock = clock }, sizeof(struct yjs_clock));
}

static void
need_id(struct buf *out, uint64_t own, struct yid id)
{
	if (id.client != own)
		need(out, id.client, id.clock + 1);
}

static bool
goes_on(const struct yblock *b)
{
	return b->info & INFO_ORIGIN && b->origin.client == b->client && b->origin.clock + 1 == b->clock;
}

static void
look_at(struct buf *out, const struct yblock *b, struct yjs_needs *needs)
{
	if (b->ref == REF_GC || b->ref == REF_SKIP)
		return;
	if (b->info & INFO_ORIGIN)
		need_id(out, b->client, b->origin);
	if (b->info & INFO_RIGHT)
		need_id(out, b->client, b->right);
	if (yblock_has_parent(b) && !b->in_root)
		need_id(out, b->client, b->parent);
	needs->jumps += !goes_on(b);
}

/* Clients in descending order, of each the highest clock first. */
static int
compare(const void *a, const void *b)
{
	const struct yjs_clock *x = a, *y = b;

	if (x->client != y->client)
		return x->client > y->client ? -1 : 1;
	return x->clock > y->clock ? -1 : x->clock < y->clock;
}

static void
needs_out(struct arena *a, struct buf *from, struct yjs_sv *to)
{
	struct yjs_clock *v = (struct yjs_clock *)(void *)from->data;
	size_t n = from->len / sizeof(*v);

	*to = (struct yjs_sv){ .v = arena_array(a, n, sizeof(*to->v)) };
	if (n > 1)
		qsort(v, n, sizeof(*v), compare);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || v[i].client != v[i - 1].client)
			to->v[to->n++] = v[i];
}

int
yjs_needs(struct arena *a, struct bytes update, const struct yjs_limits *lim, struct yjs_needs *out,
    struct err *e)
{
	struct yjs_needs needs = { 0 };
	struct buf all = { 0 };
	struct ywalk w;
	struct yblock b;
	struct yjs_range d;

	ywalk_open(&w, update, lim);
	while (ywalk_struct(&w, &b))
		look_at(&all, &b, &needs);
	while (ywalk_delete(&w, &d))
		need(&all, d.client, d.end);
	int result = ywalk_close(&w, e);
	if (result == 0) {
		needs_out(a, &all, &needs.clocks);
		*out = needs;
	}
	buf_free(&all);
	return result;
}
