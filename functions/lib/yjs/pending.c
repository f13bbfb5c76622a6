/*
 * pending.c - structs and deletes that came before what they refer to.
 *
 * yjs keeps them as one update and merges and reads all of it whenever more comes, which is
 * quadratic. Here each client has a heap of its waiting structs by clock; the client and clock
 * that the first of them waits for are noted with both. When that has come, the one who waits is
 * run until it waits again, and so on. So an update costs nothing for what it does not wake. The bytes
 * that may wait are bounded; beyond them everything is dropped, and the peer is to be asked for
 * what is missing.
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
		c->waiting_at = d->n_waiting;
		d->waiting[d->n_waiting++] = c->index;
	}
	return true;
}

/* c is to be looked at again before the transaction ends. */
static void
retry(struct yjs_doc *d, struct yclient *c)
{
	if (d->n_retry == d->cap_retry) {
		d->cap_retry = d->cap_retry == 0 ? 16 : d->cap_retry * 2;
		d->retry = realloc(d->retry, d->cap_retry * sizeof(*d->retry));
		if (d->retry == NULL)
			abort();
	}
	d->retry[d->n_retry++] = c;
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
	heap_push(&c->structs, (struct heap_entry){ b->clock, yblock_end(b), { h } });
	/* If it comes before all that waited, it waits for something else. */
	if (c->structs.v[0].held == h) {
		c->wait = NULL;
		retry(d, c);
	}
}

void
ypending_add_delete(struct yjs_doc *d, struct yclient *c, uint32_t start, uint32_t end)
{
	if (admit(d, c, DELETE_COST))
		heap_push(&c->deletes, (struct heap_entry){ start, end, { NULL } });
}

static void
pop_struct(struct yjs_doc *d, struct yclient *c)
{
	struct held *h = c->structs.v[0].held;

	d->waiting_bytes -= h->len + STRUCT_COST;
	free(h);
	heap_pop(&c->structs);
}

static struct yblock
held_block(const struct yclient *c, const struct heap_entry *entry)
{
	struct yrd r = yrd_new((struct bytes){ entry->held->raw, entry->held->len });
	struct yblock b;

	yblock_read(&r, &yjs_limits_all, c->id, entry->clock, &b);
	return b;
}

/* Notes with both that the first of c's structs waits for `missing`. */
static void
wait_for(struct yclient *c, struct yclient *missing, uint32_t clock)
{
	c->wait = missing;
	c->wait_clock = clock;
	heap_push(&missing->waiters, (struct heap_entry){ clock, 0, { .client = c } });
}

/* Integrates the client's structs until one has to wait. */
static void
run_structs(struct yjs_doc *d, struct yclient *c)
{
	while (c->structs.n > 0 && !ydoc_exhausted(d)) {
		const struct heap_entry *first = &c->structs.v[0];
		if (first->clock > c->state) {
			wait_for(c, c, first->clock - 1);
			return;
		}
		if (first->end > c->state) {
			struct yblock b = held_block(c, first);
			uint32_t clock;
			struct yclient *missing = ymissing(d, &b, &clock);
			if (missing != NULL) {
				wait_for(c, missing, clock);
				return;
			}
			yintegrate(d, c, &b, c->state - b.clock);
		}
		pop_struct(d, c);
	}
	c->wait = NULL;
}

/* Deletes what is there by now. What goes on beyond, of however many ranges, is one range from here on. */
static void
run_deletes(struct yjs_doc *d, struct yclient *c)
{
	uint32_t beyond = c->state;

	while (c->deletes.n > 0 && c->deletes.v[0].clock < c->state && !ydoc_exhausted(d)) {
		struct heap_entry first = c->deletes.v[0];
		heap_pop(&c->deletes);
		d->waiting_bytes -= DELETE_COST;
		ydelete_range(d, c, first.clock, first.end);
		beyond = first.end > beyond ? first.end : beyond;
	}
	if (beyond > c->state) {
		heap_push(&c->deletes, (struct heap_entry){ c->state, beyond, { NULL } });
		d->waiting_bytes += DELETE_COST;
	}
}

/* Takes c off the list of those of whom something waits, if nothing does. */
static void
settle(struct yjs_doc *d, struct yclient *c)
{
	if (c->structs.n > 0 || c->deletes.n > 0)
		return;
	uint32_t last = d->waiting[--d->n_waiting];
	d->waiting[c->waiting_at] = last;
	d->clients[last]->waiting_at = c->waiting_at;
}

/* Does what of c can be done, and has those looked at who waited for it. */
static void
look_again(struct yjs_doc *d, struct yclient *c)
{
	bool waits = c->structs.n > 0 || c->deletes.n > 0;

	if (c->structs.n > 0 && (c->wait == NULL || c->wait->state > c->wait_clock))
		run_structs(d, c);
	run_deletes(d, c);
	if (waits)
		settle(d, c);
	while (c->waiters.n > 0 && c->waiters.v[0].clock < c->state) {
		struct heap_entry first = c->waiters.v[0];
		heap_pop(&c->waiters);
		if (first.client->wait == c && first.client->wait_clock == first.clock && first.client != c)
			retry(d, first.client);
	}
}

void
ypending_retry(struct yjs_doc *d)
{
	if (d->n_waiting == 0)
		return;
	for (uint32_t i = 0; i < d->n_touched; i++)
		retry(d, d->touched[i]);
	for (size_t i = 0; i < d->n_retry && !ydoc_exhausted(d); i++)
		look_again(d, d->retry[i]);
	d->n_retry = 0;
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
	for (uint32_t i = 0; i < d->n_clients; i++)
		d->clients[i]->waiters.n = 0;
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
		free(c->waiters.v);
	}
	free(d->waiting);
	free(d->retry);
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
