/*
 * dset.c - see dset.h. Source: yjs src/utils/DeleteSet.js.
 */
#include "dset.h"

#include <stdlib.h>

void
ydset_add(struct ydset *s, uint64_t client, uint32_t start, uint32_t end)
{
	if (s->n == s->cap) {
		s->cap = s->cap == 0 ? 16 : s->cap * 2;
		s->v = realloc(s->v, s->cap * sizeof(*s->v));
		if (s->v == NULL)
			abort();
	}
	s->v[s->n++] = (struct yjs_range){ client, start, end };
	s->sorted = false;
}

static int
compare(const void *a, const void *b)
{
	const struct yjs_range *x = a, *y = b;

	if (x->client != y->client)
		return x->client > y->client ? -1 : 1;
	return x->start < y->start ? -1 : x->start > y->start;
}

static bool
in_order(const struct ydset *s)
{
	for (size_t i = 1; i < s->n; i++) {
		if (compare(&s->v[i - 1], &s->v[i]) > 0)
			return false;
	}
	return true;
}

void
ydset_sort(struct ydset *s)
{
	size_t to = 0;

	if (s->sorted)
		return;
	if (!in_order(s))
		qsort(s->v, s->n, sizeof(*s->v), compare);
	for (size_t i = 1; i < s->n; i++) {
		struct yjs_range *left = &s->v[to], right = s->v[i];
		if (left->client == right.client && left->end >= right.start)
			left->end = left->end > right.end ? left->end : right.end;
		else
			s->v[++to] = right;
	}
	if (s->n > 0)
		s->n = to + 1;
	s->sorted = true;
}

/* How many of the ranges from i on are of one client. */
static size_t
same_client(const struct ydset *s, size_t i)
{
	size_t n = 1;

	while (i + n < s->n && s->v[i + n].client == s->v[i].client)
		n++;
	return n;
}

void
ydset_write(struct buf *out, struct ydset *s)
{
	uint64_t clients = 0;

	ydset_sort(s);
	for (size_t i = 0; i < s->n; i += same_client(s, i))
		clients++;
	ywr_uint(out, clients);
	for (size_t i = 0; i < s->n;) {
		size_t n = same_client(s, i);
		ywr_uint(out, s->v[i].client);
		ywr_uint(out, n);
		for (; n > 0; n--, i++) {
			ywr_uint(out, s->v[i].start);
			ywr_uint(out, s->v[i].end - s->v[i].start);
		}
	}
}

bool
ydset_has(const struct ydset *s, uint64_t client, uint32_t clock)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct yjs_range *r = &s->v[mid];
		if (r->client > client || (r->client == client && r->end <= clock))
			low = mid + 1;
		else
			high = mid;
	}
	return low < s->n && s->v[low].client == client && s->v[low].start <= clock;
}

void
ydset_free(struct ydset *s)
{
	free(s->v);
	*s = (struct ydset){ 0 };
}
