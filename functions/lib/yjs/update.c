/*
 * update.c - what one update says, without a document.
 */
#include "block.h"

int
yjs_validate(struct bytes update, const struct yjs_limits *lim, struct yjs_info *info,
    struct err *e)
{
	struct ywalk w;
	struct yblock b;
	struct yjs_range d;

	ywalk_open(&w, update, lim);
	while (ywalk_struct(&w, &b))
		;
	while (ywalk_delete(&w, &d))
		;
	if (ywalk_close(&w, e) != 0)
		return -1;
	if (info != NULL)
		*info = w.info;
	return 0;
}

bool
yjs_is_empty(struct bytes update)
{
	return update.len == 2 && update.data[0] == 0 && update.data[1] == 0;
}

/* Adds [start, end) to `out`, or to its last range where that goes on without a hole. */
static void
add_range(struct buf *out, struct yjs_range r, bool joins)
{
	struct yjs_range *last = NULL;

	if (joins && out->len > 0)
		last = (struct yjs_range *)(void *)(out->data + out->len - sizeof(*last));
	if (last != NULL && last->client == r.client && last->end == r.start)
		last->end = r.end;
	else
		buf_add(out, &r, sizeof(r));
}

static void
ranges_out(struct arena *a, struct buf *from, struct yjs_ranges *to)
{
	size_t n = from->len / sizeof(struct yjs_range);

	to->v = arena_array(a, n, sizeof(*to->v));
	to->n = n;
	if (n > 0)
		memcpy(to->v, from->data, from->len);
}

int
yjs_ranges(struct arena *a, struct bytes update, const struct yjs_limits *lim,
    struct yjs_ranges *structs, struct yjs_ranges *deletes, struct err *e)
{
	struct buf s = { 0 }, ds = { 0 };
	struct ywalk w;
	struct yblock b;
	struct yjs_range d;

	ywalk_open(&w, update, lim);
	while (ywalk_struct(&w, &b)) {
		if (b.ref != REF_SKIP)
			add_range(&s, (struct yjs_range){ b.client, b.clock, yblock_end(&b) }, true);
	}
	while (ywalk_delete(&w, &d))
		add_range(&ds, d, false);
	int result = ywalk_close(&w, e);
	if (result == 0 && structs != NULL)
		ranges_out(a, &s, structs);
	if (result == 0 && deletes != NULL)
		ranges_out(a, &ds, deletes);
	buf_free(&s);
	buf_free(&ds);
	return result;
}

/* Writes client and clock, counted in *n, unless nothing of the client is known from zero on. */
static void
sv_entry(struct buf *out, uint64_t client, uint32_t clock, uint64_t *n)
{
	if (clock == 0)
		return;
	ywr_uint(out, client);
	ywr_uint(out, clock);
	++*n;
}

int
yjs_update_sv(struct buf *out, struct bytes update, const struct yjs_limits *lim, struct err *e)
{
	struct buf entries = { 0 };
	struct ywalk w;
	struct yblock b;
	struct yjs_range d;
	uint64_t n = 0, client = UINT64_MAX;
	uint32_t known = 0;

	ywalk_open(&w, update, lim);
	while (ywalk_struct(&w, &b)) {
		if (b.client != client) {
			sv_entry(&entries, client, known, &n);
			client = b.client;
			known = 0;
		}
		/* Counting ends at the first hole, one at the start included. */
		if (b.ref != REF_SKIP && b.clock == known)
			known = yblock_end(&b);
	}
	sv_entry(&entries, client, known, &n);
	while (ywalk_delete(&w, &d))
		;
	int result = ywalk_close(&w, e);
	if (result == 0) {
		ywr_uint(out, n);
		buf_add(out, entries.data, entries.len);
	}
	buf_free(&entries);
	return result;
}
