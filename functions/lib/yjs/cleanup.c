/*
 * cleanup.c - the end of a transaction: content of deleted items is dropped, neighbours are joined.
 *
 * Source: cleanupTransactions, tryGc and tryToMergeWithLefts of yjs src/utils/Transaction.js. The
 * places where yjs tries to join are kept exactly, since which structs are joined can be seen in
 * the bytes; but a run of neighbours is joined at once, not pair by pair.
 */
#include "doc.h"

#include <stdlib.h>

void
ymerge_later(struct yjs_doc *d, const struct item *it)
{
	if (d->n_merges == d->cap_merges) {
		d->cap_merges = d->cap_merges == 0 ? 16 : d->cap_merges * 2;
		d->merges = realloc(d->merges, d->cap_merges * sizeof(*d->merges));
		if (d->merges == NULL)
			abort();
	}
	d->merges[d->n_merges++] = (struct merge_at){ it->client, it->clock };
}

static bool
joins(const struct item *l, const struct item *r)
{
	if (l->ref != r->ref || (l->flags ^ r->flags) & ITEM_DELETED)
		return false;
	if (l->ref == REF_GC)
		return true;
	if (l->ref != REF_DELETED && l->ref != REF_STRING && l->ref != REF_ANY && l->ref != REF_JSON)
		return false;
	return l->right == r && r->origin_client == l->client && r->origin_clock == r->clock - 1
	    && l->right_client == r->right_client
	    && (l->right_client == NO_CLIENT || l->right_clock == r->right_clock);
}

/* The n items behind p, one after another in memory; else gives their bytes together. */
static bool
side_by_side(const struct yclient *c, struct pos p, uint32_t n, size_t *total)
{
	const struct item *it = ystore_at(c, p);
	const uint8_t *end = it->data + it->bytes;
	bool all = true;

	*total = it->bytes;
	while (n-- > 0 && ystore_next(c, &p)) {
		it = ystore_at(c, p);
		all = all && it->data == end;
		end = it->data + it->bytes;
		*total += it->bytes;
	}
	return all;
}

/* Brings the bytes of the item at p and of the n behind it to one new place. */
static void
gather(struct yjs_doc *d, const struct yclient *c, struct pos p, uint32_t n, size_t total)
{
	struct item *first = ystore_at(c, p);
	uint8_t *to = ypool_alloc(&d->text, total, 1), *at = to;

	memcpy(at, first->data, first->bytes);
	at += first->bytes;
	while (n-- > 0 && ystore_next(c, &p)) {
		const struct item *it = ystore_at(c, p);
		memcpy(at, it->data, it->bytes);
		at += it->bytes;
	}
	first->data = to;
	first->bytes = (uint32_t)total;
	first->room = 0;
}

static void
join_bytes(struct yjs_doc *d, const struct yclient *c, struct pos p, uint32_t n, struct item *last)
{
	struct item *first = ystore_at(c, p);
	size_t total;

	if (side_by_side(c, p, n, &total)) {
		first->bytes = (uint32_t)total;
		first->room = last->room;
	} else if (n == 1) {
		yitem_append_bytes(d, first, (struct bytes){ last->data, last->bytes });
	} else {
		gather(d, c, p, n, total);
	}
}

/* The item at p takes in the n behind it. */
static void
join(struct yjs_doc *d, struct yclient *c, struct pos p, uint32_t n)
{
	struct item *first = ystore_at(c, p), *last = first;
	struct pos q = p;

	for (uint32_t i = 0; i < n && ystore_next(c, &q); i++) {
		last = ystore_at(c, q);
		first->len += last->len;
		first->flags &= (uint8_t)(last->flags | ~ITEM_ASCII);
	}
	if (first->data != NULL)
		join_bytes(d, c, p, n, last);
	first->right = last->right;
	if (first->right != NULL)
		first->right->left = first;
	else if (first->slot != NULL && first->slot->tail == last)
		first->slot->tail = first;
	q = p;
	for (uint32_t i = 0; i < n && ystore_next(c, &q); i++)
		yitem_free(d, ystore_at(c, q));
	ystore_remove_after(d, c, p, n);
}

/* Joins the item at *p with those on its left. Says how many it took in; *p is where they went. */
static uint32_t
join_left(struct yjs_doc *d, struct yclient *c, struct pos *p)
{
	struct pos prev = *p;
	size_t bytes = ystore_at(c, prev)->bytes;
	uint32_t n = 0;

	while (ystore_prev(c, &prev) && joins(ystore_at(c, prev), ystore_at(c, *p))) {
		bytes += ystore_at(c, prev)->bytes;
		if (bytes > ITEM_BYTES_MAX)
			break;
		*p = prev;
		n++;
	}
	if (n > 0)
		join(d, c, *p, n);
	return n;
}

static void
gc_range(struct yjs_doc *d, struct yclient *c, const struct yjs_range *r)
{
	struct pos p = ystore_find(c, r->start);

	do {
		struct item *it = ystore_at(c, p);
		if (it->clock >= r->end)
			break;
		if (it->ref != REF_GC && it->flags & ITEM_DELETED)
			yitem_gc(d, it);
	} while (ystore_next(c, &p));
}

static void
join_range(struct yjs_doc *d, struct yclient *c, const struct yjs_range *r)
{
	struct pos p = ystore_find(c, r->end - 1);

	ystore_next(c, &p);
	while (ystore_at(c, p)->clock >= r->start) {
		join_left(d, c, &p);
		if (!ystore_prev(c, &p))
			break;
	}
}

/* The sorted set has clients and ranges in order; yjs goes through each client's from the last. */
static void
clean_deleted(struct yjs_doc *d, void (*f)(struct yjs_doc *, struct yclient *, const struct yjs_range *))
{
	for (size_t i = d->deleted.n; i-- > 0;)
		f(d, yclient_get(d, d->deleted.v[i].client), &d->deleted.v[i]);
}

/* Everything that came new, and what it came behind. */
static void
join_new(struct yjs_doc *d, struct yclient *c)
{
	struct pos first = ystore_find(c, c->before), p = { c->leaves - 1, 0 };
	uint32_t clock = ystore_at(c, first)->clock;

	p.at = c->leaf[p.leaf]->n - 1;
	while (ystore_at(c, p)->clock >= clock) {
		join_left(d, c, &p);
		if (!ystore_prev(c, &p))
			break;
	}
}

static void
join_place(struct yjs_doc *d, struct merge_at at)
{
	struct yclient *c = d->clients[at.client];
	struct pos p = ystore_find(c, at.clock), next = p;

	if (ystore_next(c, &next) && join_left(d, c, &next) > 1)
		return;
	p = ystore_find(c, at.clock);
	join_left(d, c, &p);
}

void
ycleanup(struct yjs_doc *d)
{
	ydset_sort(&d->deleted);
	if (!d->opt.keep_deleted)
		clean_deleted(d, gc_range);
	clean_deleted(d, join_range);
	for (uint32_t i = 0; i < d->n_touched; i++) {
		if (d->touched[i]->before != d->touched[i]->state)
			join_new(d, d->touched[i]);
	}
	while (d->n_merges > 0)
		join_place(d, d->merges[--d->n_merges]);
	d->deleted.n = 0;
	d->n_touched = 0;
}
