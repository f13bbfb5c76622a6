/*
 * doc.c - a document's beginning and end, and what can be read off it directly.
 */
#include "doc.h"

#include <stdlib.h>

static const struct yjs_doc_options defaults = {
	.clients = 1 << 16, .pending = 1 << 20, .work = 1 << 26,
};

struct yjs_doc *
yjs_doc_new(const struct yjs_doc_options *opt)
{
	struct yjs_doc *d = calloc(1, sizeof(*d));

	if (d == NULL)
		abort();
	d->opt = opt != NULL ? *opt : defaults;
	if (d->opt.clients == 0)
		d->opt.clients = defaults.clients;
	if (d->opt.pending == 0)
		d->opt.pending = defaults.pending;
	if (d->opt.work == 0)
		d->opt.work = defaults.work;
	return d;
}

void
yjs_doc_set_work(struct yjs_doc *d, uint64_t steps)
{
	d->opt.work = steps;
}

void
yjs_doc_free(struct yjs_doc *d)
{
	if (d == NULL)
		return;
	ypending_free(d);
	yapply_free(d);
	ystore_free(d);
	free(d->slots);
	free(d->merges);
	free(d->types);
	ydset_free(&d->deleted);
	ypool_free(&d->pool);
	ypool_free(&d->text);
	free(d);
}

static const struct yclient *
known(const struct yjs_doc *d, uint64_t id)
{
	/* Finding remembers the client found last; nobody can tell. */
	return yclient_find((struct yjs_doc *)(uintptr_t)d, id);
}

uint32_t
yjs_doc_clock(const struct yjs_doc *d, uint64_t client)
{
	const struct yclient *c = known(d, client);

	return c == NULL ? 0 : c->state;
}

void
yjs_doc_sv(const struct yjs_doc *d, struct buf *out)
{
	uint32_t n;
	struct yclient **v = yencode_order(d, &n);

	ywr_uint(out, n);
	for (uint32_t i = 0; i < n; i++) {
		ywr_uint(out, v[i]->id);
		ywr_uint(out, v[i]->state);
	}
	free(v);
}

size_t
yjs_doc_waiting(const struct yjs_doc *d)
{
	return d->waiting_bytes;
}

size_t
yjs_doc_memory(const struct yjs_doc *d)
{
	size_t total = sizeof(*d) + d->pool.total + d->text.total + d->waiting_bytes;

	for (uint32_t i = 0; i < d->n_clients; i++)
		total += d->clients[i]->cap * (sizeof(struct leaf *) + sizeof(uint32_t))
		    + d->clients[i]->waiters.cap * sizeof(struct heap_entry);
	total += d->cap_clients * sizeof(*d->clients) + d->by_id_cap * sizeof(*d->by_id);
	total += d->slots_cap * sizeof(*d->slots) + d->cap_merges * sizeof(*d->merges);
	total += d->cap_types * sizeof(*d->types) + d->cap_sections * sizeof(void *);
	return total + (d->deleted.cap + d->incoming.cap) * sizeof(struct yjs_range);
}

bool
yjs_doc_roots(const struct yjs_doc *d, const void **at, struct bytes *name)
{
	const struct slot *s = *at;

	s = s == NULL ? d->first_root : s->next;
	if (s == NULL)
		return false;
	*name = s->key;
	*at = s;
	return true;
}

bool
yjs_doc_keys(const struct yjs_doc *d, struct bytes root, const void **at, struct bytes *key)
{
	const struct slot *s = *at;
	const struct ytype *t;

	if (s == NULL) {
		t = ytype_root((struct yjs_doc *)(uintptr_t)d, root, false);
		s = t != NULL ? t->first : NULL;
	} else {
		s = s->next;
	}
	while (s != NULL && (s->tail == NULL || s->tail->flags & ITEM_DELETED))
		s = s->next;
	if (s == NULL)
		return false;
	*key = s->key;
	*at = s;
	return true;
}
