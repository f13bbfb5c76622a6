/*
 * sv.c - state vectors: how far each client is known. Source: yjs src/utils/encoding.js.
 */
#include "block.h"

#include <stdlib.h>

static int
descending(const void *a, const void *b)
{
	const struct yjs_clock *x = a, *y = b;

	return x->client > y->client ? -1 : x->client < y->client;
}

static bool
sort_entries(struct yjs_sv *sv)
{
	qsort(sv->v, sv->n, sizeof(*sv->v), descending);
	for (size_t i = 1; i < sv->n; i++) {
		if (sv->v[i - 1].client == sv->v[i].client)
			return false;
	}
	return true;
}

int
yjs_sv_decode(struct arena *a, struct bytes in, uint32_t clients, struct yjs_sv *out,
    struct err *e)
{
	struct yrd r = yrd_new(in);
	struct yjs_sv sv = { .n = (size_t)yrd_count(&r, 2) };

	if (clients != 0 && sv.n > clients)
		yrd_limit(&r, "more clients than are taken here");
	if (r.bad == NULL)
		sv.v = arena_array(a, sv.n, sizeof(*sv.v));
	for (size_t i = 0; i < sv.n && r.bad == NULL; i++) {
		sv.v[i].client = yrd_uint(&r);
		uint64_t clock = yrd_uint(&r);
		if (clock > YJS_CLOCK_MAX)
			yrd_fail(&r, "a clock above 2^31-1");
		sv.v[i].clock = (uint32_t)clock;
	}
	if (r.bad == NULL && yrd_left(&r) > 0)
		yrd_fail(&r, "bytes behind the end");
	if (r.bad == NULL && !sort_entries(&sv))
		yrd_fail(&r, "a client twice");
	if (r.bad != NULL)
		return yrd_error(&r, "state vector", e);
	*out = sv;
	return 0;
}

void
yjs_sv_encode(struct buf *out, const struct yjs_sv *sv)
{
	ywr_uint(out, sv->n);
	for (size_t i = 0; i < sv->n; i++) {
		ywr_uint(out, sv->v[i].client);
		ywr_uint(out, sv->v[i].clock);
	}
}

uint32_t
yjs_sv_get(const struct yjs_sv *sv, uint64_t client)
{
	size_t low = 0, high = sv->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (sv->v[mid].client > client)
			low = mid + 1;
		else
			high = mid;
	}
	return low < sv->n && sv->v[low].client == client ? sv->v[low].clock : 0;
}
