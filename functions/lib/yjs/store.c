/*
 * store.c - clients, and the items of each by clock.
 *
 * yjs keeps an array per client and splices it, which is quadratic when an update splits or joins
 * many places of a long document. Here the array is cut into leaves of at most LEAF_MAX, so that
 * splitting moves at most a leaf, and looking up is two binary searches. Leaves begin small, since
 * most clients wrote little.
 */
#include "doc.h"

#include "hash.h"

#include <stdlib.h>

static void *
grow(void *p, uint32_t *cap, size_t size)
{
	*cap = *cap == 0 ? 4 : *cap * 2;
	p = realloc(p, *cap * size);
	if (p == NULL)
		abort();
	return p;
}

/* The hash's place of the id: where it is, or where it would be put. */
static uint32_t *
id_place(const struct yjs_doc *d, uint64_t id)
{
	uint32_t mask = d->by_id_cap - 1, i = (uint32_t)yhash_int(id) & mask;

	while (d->by_id[i] != 0 && d->clients[d->by_id[i] - 1]->id != id)
		i = (i + 1) & mask;
	return &d->by_id[i];
}

static void
id_grow(struct yjs_doc *d)
{
	d->by_id_cap = d->by_id_cap == 0 ? 8 : d->by_id_cap * 2;
	free(d->by_id);
	d->by_id = calloc(d->by_id_cap, sizeof(*d->by_id));
	if (d->by_id == NULL)
		abort();
	for (uint32_t i = 0; i < d->n_clients; i++)
		*id_place(d, d->clients[i]->id) = i + 1;
}

struct yclient *
yclient_find(struct yjs_doc *d, uint64_t id)
{
	if (d->last != NULL && d->last->id == id)
		return d->last;
	if (d->n_clients == 0)
		return NULL;
	uint32_t at = *id_place(d, id);
	return at == 0 ? NULL : (d->last = d->clients[at - 1]);
}

struct yclient *
yclient_get(struct yjs_doc *d, uint64_t id)
{
	struct yclient *c = yclient_find(d, id);

	if (c != NULL)
		return c;
	if (d->n_clients == d->cap_clients)
		d->clients = grow(d->clients, &d->cap_clients, sizeof(*d->clients));
	if (d->n_clients * 2 >= d->by_id_cap)
		id_grow(d);
	c = ypool_alloc(&d->pool, sizeof(*c), 8);
	*c = (struct yclient){ .id = id, .index = d->n_clients };
	*id_place(d, id) = c->index + 1;
	d->clients[d->n_clients++] = c;
	return d->last = c;
}

void
yclient_touch(struct yjs_doc *d, struct yclient *c)
{
	if (c->epoch == d->epoch)
		return;
	c->epoch = d->epoch;
	c->before = c->state;
	if (d->n_touched == d->cap_touched)
		d->touched = grow(d->touched, &d->cap_touched, sizeof(*d->touched));
	d->touched[d->n_touched++] = c;
}

/* The number of the leaf with that clock. */
static uint32_t
find_leaf(const struct yclient *c, uint32_t clock)
{
	uint32_t i = 0, n = c->leaves;

	while (n > 1) {
		uint32_t half = n / 2;
		i = c->first[i + half] <= clock ? i + half : i;
		n -= half;
	}
	return i;
}

struct pos
ystore_find(struct yclient *c, uint32_t clock)
{
	uint32_t l = c->hint, i = 0;

	if (l >= c->leaves || clock < c->first[l] || (l + 1 < c->leaves && clock >= c->first[l + 1]))
		l = c->hint = find_leaf(c, clock);
	struct leaf *leaf = c->leaf[l];
	const uint32_t *clocks = leaf_clocks(leaf);
	for (uint32_t n = leaf->n; n > 1;) {
		uint32_t half = n / 2;
		i = clocks[i + half] <= clock ? i + half : i;
		n -= half;
	}
	return (struct pos){ l, i };
}

static unsigned
leaf_class(uint32_t cap)
{
	return (unsigned)__builtin_ctz(cap);
}

static struct leaf *
leaf_new(struct yjs_doc *d, uint32_t cap)
{
	struct leaf *l = d->free_leaves[leaf_class(cap)];

	if (l != NULL)
		d->free_leaves[leaf_class(cap)] = (struct leaf *)(void *)l->item[0];
	else
		l = ypool_alloc(&d->pool, sizeof(*l) + cap * (sizeof(struct item *) + sizeof(uint32_t)), 8);
	l->n = 0;
	l->cap = cap;
	return l;
}

static void
leaf_free(struct yjs_doc *d, struct leaf *l)
{
	l->item[0] = (struct item *)(void *)d->free_leaves[leaf_class(l->cap)];
	d->free_leaves[leaf_class(l->cap)] = l;
}

/* Appends n entries of `from`, from number `at` on. There is room. */
static void
leaf_copy(struct leaf *to, struct leaf *from, uint32_t at, uint32_t n)
{
	memcpy(to->item + to->n, from->item + at, n * sizeof(*to->item));
	memcpy(leaf_clocks(to) + to->n, leaf_clocks(from) + at, n * sizeof(uint32_t));
	to->n += n;
}

/* Makes leaf number l hold at least `cap`. */
static struct leaf *
leaf_reserve(struct yjs_doc *d, struct yclient *c, uint32_t l, uint32_t cap)
{
	struct leaf *old = c->leaf[l], *new;
	uint32_t size = old->cap;

	while (size < cap)
		size *= 2;
	if (size == old->cap)
		return old;
	new = leaf_new(d, size);
	leaf_copy(new, old, 0, old->n);
	leaf_free(d, old);
	return c->leaf[l] = new;
}

static void
leaf_add(struct yclient *c, uint32_t l, struct leaf *leaf, uint32_t first)
{
	if (c->leaves == c->cap) {
		uint32_t cap = c->cap;
		c->leaf = grow(c->leaf, &cap, sizeof(*c->leaf));
		c->first = grow(c->first, &c->cap, sizeof(*c->first));
	}
	memmove(c->leaf + l + 1, c->leaf + l, (c->leaves - l) * sizeof(*c->leaf));
	memmove(c->first + l + 1, c->first + l, (c->leaves - l) * sizeof(*c->first));
	c->leaf[l] = leaf;
	c->first[l] = first;
	c->leaves++;
}

static void
leaf_drop(struct yjs_doc *d, struct yclient *c, uint32_t l)
{
	leaf_free(d, c->leaf[l]);
	c->leaves--;
	memmove(c->leaf + l, c->leaf + l + 1, (c->leaves - l) * sizeof(*c->leaf));
	memmove(c->first + l, c->first + l + 1, (c->leaves - l) * sizeof(*c->first));
}

static void
leaf_put(struct leaf *l, uint32_t at, struct item *it)
{
	uint32_t *clocks = leaf_clocks(l);

	memmove(l->item + at + 1, l->item + at, (l->n - at) * sizeof(*l->item));
	memmove(clocks + at + 1, clocks + at, (l->n - at) * sizeof(*clocks));
	l->item[at] = it;
	clocks[at] = it->clock;
	l->n++;
}

void
ystore_append(struct yjs_doc *d, struct yclient *c, struct item *it)
{
	uint32_t l = c->leaves - 1;

	d->n_writers += c->leaves == 0;
	if (c->leaves == 0 || c->leaf[l]->n == LEAF_MAX)
		leaf_add(c, ++l, leaf_new(d, c->leaves == 0 ? 4 : 16), it->clock);
	struct leaf *leaf = leaf_reserve(d, c, l, c->leaf[l]->n + 1);
	leaf_put(leaf, leaf->n, it);
	c->state = it->clock + it->len;
}

void
ystore_insert_after(struct yjs_doc *d, struct yclient *c, struct pos p, struct item *it)
{
	uint32_t at = p.at + 1;
	struct leaf *l = c->leaf[p.leaf];

	if (l->n == LEAF_MAX) {
		struct leaf *right = leaf_new(d, LEAF_MAX);
		leaf_copy(right, l, LEAF_MAX / 2, LEAF_MAX / 2);
		l->n = LEAF_MAX / 2;
		leaf_add(c, p.leaf + 1, right, leaf_clocks(right)[0]);
		if (at > l->n) {
			at -= l->n;
			p.leaf++;
		}
	}
	l = leaf_reserve(d, c, p.leaf, c->leaf[p.leaf]->n + 1);
	leaf_put(l, at, it);
}

/* Joins leaf l with those behind it while they are nearly empty. */
static void
leaf_join(struct yjs_doc *d, struct yclient *c, uint32_t l)
{
	while (l + 1 < c->leaves && c->leaf[l]->n + c->leaf[l + 1]->n <= LEAF_MAX / 2) {
		struct leaf *to = leaf_reserve(d, c, l, c->leaf[l]->n + c->leaf[l + 1]->n);
		leaf_copy(to, c->leaf[l + 1], 0, c->leaf[l + 1]->n);
		leaf_drop(d, c, l + 1);
	}
}

static void
leaf_cut(struct leaf *l, uint32_t at, uint32_t n)
{
	uint32_t *clocks = leaf_clocks(l), rest = l->n - at - n;

	memmove(l->item + at, l->item + at + n, rest * sizeof(*l->item));
	memmove(clocks + at, clocks + at + n, rest * sizeof(*clocks));
	l->n -= n;
}

void
ystore_remove_after(struct yjs_doc *d, struct yclient *c, struct pos p, uint32_t n)
{
	uint32_t l = p.leaf, from = p.at + 1;

	while (n > 0) {
		struct leaf *leaf = c->leaf[l];
		uint32_t here = leaf->n - from < n ? leaf->n - from : n;
		leaf_cut(leaf, from, here);
		n -= here;
		if (leaf->n == 0)
			leaf_drop(d, c, l);
		else
			c->first[l++] = leaf_clocks(leaf)[0];
		from = 0;
	}
	leaf_join(d, c, p.leaf);
}

bool
ystore_next(const struct yclient *c, struct pos *p)
{
	if (p->at + 1 < c->leaf[p->leaf]->n) {
		p->at++;
		return true;
	}
	if (p->leaf + 1 == c->leaves)
		return false;
	p->leaf++;
	p->at = 0;
	return true;
}

bool
ystore_prev(const struct yclient *c, struct pos *p)
{
	if (p->at > 0) {
		p->at--;
		return true;
	}
	if (p->leaf == 0)
		return false;
	p->leaf--;
	p->at = c->leaf[p->leaf]->n - 1;
	return true;
}

void
ystore_free(struct yjs_doc *d)
{
	for (uint32_t i = 0; i < d->n_clients; i++) {
		free(d->clients[i]->leaf);
		free(d->clients[i]->first);
	}
	free(d->clients);
	free(d->by_id);
	free(d->touched);
}
