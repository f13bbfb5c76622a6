/*
 * pending.c - structs and deletes that came before what they refer to.
 *
 * yjs keeps them as one update and merges and reads all of it whenever more comes, which is
 * quadratic. Here each client has a heap of its waiting structs by clock, and notes the client and
 * clock that the first of them waits for: when that has come, the client is run until it waits
 * again. The bytes that may wait are bounded; beyond them everything is dropped, and the peer is
 * to be asked for what is missing.
 */
#include "doc.h"

#include <stdlib.h>

#define STRUCT_COST 48		/* of a held struct besides its bytes */
#define DELETE_COST 16

struct held {
	uint32_t len;
	uint8_t raw[];
};

static void
sift_up(struct heap *h, uint32_t i)
{
	struct heap_entry moving = h->v[i];

	while (i > 0 && h->v[(i - 1) / 2].clock > moving.clock) {
		h->v[i] = h->v[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	h->v[i] = moving;
}

static void
heap_push(struct heap *h, struct heap_entry entry)
{
	if (h->n == h->cap) {
		h->cap = h->cap == 0 ? 4 : h->cap * 2;
		h->v = realloc(h->v, h->cap * sizeof(*h->v));
		if (h->v == NULL)
			abort();
	}
	h->v[h->n] = entry;
	sift_up(h, h->n++);
}

static void
heap_pop(struct heap *h)
{
	struct heap_entry moving = h->v[--h->n];
	uint32_t i = 0;

	for (uint32_t child = 1; child < h->n; child = 2 * i + 1) {
		if (child + 1 < h->n && h->v[child + 1].clock < h->v[child].clock)
			child++;
		if (h->v[child].clock >= moving.clock)
			break;
		h->v[i] = h->v[child];
		i = child;
	}
	h->v[i] = moving;
}

/* Counts `cost` more bytes; false if that is too much. */
static bool
admit(struct yjs_doc *d, struct yclient *c, size_t cost)
{
	if (d->overflow || d->waiting_bytes + cost > d->opt.pending) {
		d->overflow = true;
		return false;
	}
	d->waiting_bytes += cost;
	if (c->structs.n == 0 && c->deletes.n == 0) {
		if (d->n_waiting == d->cap_waiting) {
			d->cap_waiting = d->cap_waiting == 0 ? 4 : d->cap_waiting * 2;
			d->waiting = realloc(d->waiting, d->cap_waiting * sizeof(*d->waiting));
			if (d->waiting == NULL)
				abort();
		}
		d->waiting[d->n_waiting++] = c->index;
	}
	return true;
}

bool
ypending_room(struct yjs_doc *d)
{
	d->overflow = d->overflow || d->waiting_bytes + DELETE_COST > d->opt.pending;
	return !d->overflow;
}

void
ypending_add(struct yjs_doc *d, struct yclient *c, const struct yblock *b)
{
	if (!admit(d, c, b->raw.len + STRUCT_COST))
		return;
	struct held *h = malloc(sizeof(*h) + b->raw.len);
	if (h == NULL)
		abort();
	h->len = (uint32_t)b->raw.len;
	memcpy(h->raw, b->raw.data, b->raw.len);
	heap_push(&c->structs, (struct heap_entry){ b->clock, yblock_end(b), h });
	c->wait = NULL;
}

void
ypending_add_delete(struct yjs_doc *d, struct yclient *c, uint32_t start, uint32_t end)
{
	if (admit(d, c, DELETE_COST))
		heap_push(&c->deletes, (struct heap_entry){ start, end, NULL });
}

static void
pop_struct(struct yjs_doc *d, struct yclient *c)
{
	struct held *h = c->structs.v[0].held;

	d->waiting_bytes -= h->len + STRUCT_COST;
	free(h);
	heap_pop(&c->structs);
}

static bool
ready(const struct yclient *c)
{
	return (c->structs.n > 0 && (c->wait == NULL || c->wait->state > c->wait_clock))
	    || (c->deletes.n > 0 && c->deletes.v[0].clock < c->state);
}

static struct yblock
held_block(const struct yclient *c, const struct heap_entry *entry)
{
	struct yrd r = yrd_new((struct bytes){ entry->held->raw, entry->held->len });
	struct yblock b;

	yblock_read(&r, &yjs_limits_all, c->id, entry->clock, &b);
	return b;
}

/* Integrates the client's structs until one has to wait. */
static void
run_structs(struct yjs_doc *d, struct yclient *c)
{
	while (c->structs.n > 0 && !ydoc_exhausted(d)) {
		const struct heap_entry *first = &c->structs.v[0];
		c->wait = c;
		if (first->clock > c->state) {
			c->wait_clock = first->clock - 1;
			return;
		}
		if (first->end > c->state) {
			struct yblock b = held_block(c, first);
			struct yclient *missing = ymissing(d, &b, &c->wait_clock);
			if (missing != NULL) {
				c->wait = missing;
				return;
			}
			yintegrate(d, c, &b, c->state - b.clock);
		}
		pop_struct(d, c);
	}
}

static void
run_deletes(struct yjs_doc *d, struct yclient *c)
{
	while (c->deletes.n > 0 && c->deletes.v[0].clock < c->state && !ydoc_exhausted(d)) {
		struct heap_entry first = c->deletes.v[0];
		heap_pop(&c->deletes);
		uint32_t done = ydelete_range(d, c, first.clock, first.end);
		if (done < first.end)
			heap_push(&c->deletes, (struct heap_entry){ done, first.end, NULL });
		else
			d->waiting_bytes -= DELETE_COST;
	}
}

void
ypending_retry(struct yjs_doc *d)
{
	bool again = d->n_waiting > 0;

	while (again && !ydoc_exhausted(d)) {
		again = false;
		for (uint32_t i = 0; i < d->n_waiting; i++) {
			struct yclient *c = d->clients[d->waiting[i]];
			if (!ready(c))
				continue;
			uint32_t before = c->state;
			run_structs(d, c);
			run_deletes(d, c);
			again = again || c->state != before;
			if (c->structs.n == 0 && c->deletes.n == 0)
				d->waiting[i--] = d->waiting[--d->n_waiting];
		}
	}
}

void
ypending_drop(struct yjs_doc *d)
{
	for (uint32_t i = 0; i < d->n_waiting; i++) {
		struct yclient *c = d->clients[d->waiting[i]];
		for (uint32_t k = 0; k < c->structs.n; k++)
			free(c->structs.v[k].held);
		free(c->structs.v);
		free(c->deletes.v);
		c->structs = c->deletes = (struct heap){ 0 };
		c->wait = NULL;
	}
	d->n_waiting = 0;
	d->waiting_bytes = 0;
	d->overflow = false;
}

void
ypending_free(struct yjs_doc *d)
{
	for (uint32_t i = 0; i < d->n_clients; i++) {
		struct yclient *c = d->clients[i];
		for (uint32_t k = 0; k < c->structs.n; k++)
			free(c->structs.v[k].held);
		free(c->structs.v);
		free(c->deletes.v);
	}
	free(d->waiting);
}

/* One held struct as an update of its own. */
static void
write_single(struct buf *out, const struct yclient *c, const struct heap_entry *entry)
{
	ywr_uint(out, 1);
	ywr_uint(out, 1);
	ywr_uint(out, c->id);
	ywr_uint(out, entry->clock);
	buf_add(out, entry->held->raw, entry->held->len);
	ywr_uint(out, 0);
}

/* All held structs as one update: each is written as one, then they are merged. */
static void
write_structs(const struct yjs_doc *d, struct buf *out)
{
	struct buf all = { 0 }, list = { 0 };
	struct err e = { 0 };

	for (uint32_t i = 0; i < d->n_waiting; i++) {
		const struct yclient *c = d->clients[d->waiting[i]];
		for (uint32_t k = 0; k < c->structs.n; k++) {
			size_t from = all.len;
			write_single(&all, c, &c->structs.v[k]);
			struct bytes one = { (const uint8_t *)(uintptr_t)from, all.len - from };
			buf_add(&list, &one, sizeof(one));
		}
	}
	size_t n = list.len / sizeof(struct bytes);
	struct bytes *v = (struct bytes *)(void *)list.data;
	for (size_t i = 0; i < n; i++)
		v[i].data = all.data + (uintptr_t)v[i].data;
	if (yjs_merge(out, v, n, &yjs_limits_all, &e) != 0)
		abort();	/* they were checked when they came */
	buf_free(&all);
	buf_free(&list);
}

void
ypending_write(const struct yjs_doc *d, struct buf *structs, struct buf *deletes)
{
	struct ydset s = { 0 };

	write_structs(d, structs);
	for (uint32_t i = 0; i < d->n_waiting; i++) {
		const struct yclient *c = d->clients[d->waiting[i]];
		for (uint32_t k = 0; k < c->deletes.n; k++)
			ydset_add(&s, c->id, c->deletes.v[k].clock, c->deletes.v[k].end);
	}
	ywr_uint(deletes, 0);
	ydset_write(deletes, &s);
	ydset_free(&s);
}
