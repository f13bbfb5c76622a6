/*
 * changes.c - what a transaction did to each type, told before its traces are cleaned up.
 *
 * Now every new item is still an item of its own, and what was deleted still has its length. The
 * types that have either are gone through once each.
 */
#include "doc.h"

#include <stdlib.h>

struct collect {
	struct yjs_doc *d;
	struct arena *a;
	struct buf changes;	/* struct yjs_change */
	struct buf types;	/* struct ytype *, those that changed */
};

static uint32_t
state_before(const struct yjs_doc *d, const struct item *it)
{
	const struct yclient *c = d->clients[it->client];

	return c->epoch == d->epoch ? c->before : c->state;
}

static bool
is_new(const struct yjs_doc *d, const struct item *it)
{
	return it->clock >= state_before(d, it);
}

static bool
deleted_now(const struct yjs_doc *d, const struct item *it)
{
	return it->flags & ITEM_DELETED && ydset_has(&d->deleted, d->clients[it->client]->id, it->clock);
}

static bool
countable(const struct item *it)
{
	return it->ref != REF_FORMAT && it->ref != REF_DELETED;
}

static void
note_type(struct collect *c, const struct item *it)
{
	if (it->parent != NULL)
		buf_add(&c->types, &it->parent, sizeof(struct ytype *));
}

static void
note_range(struct collect *c, struct yclient *client, uint32_t start, uint32_t end)
{
	struct pos p = ystore_find(client, start);

	do {
		const struct item *it = ystore_at(client, p);
		if (it->clock >= end)
			break;
		note_type(c, it);
	} while (ystore_next(client, &p));
}

static int
by_address(const void *a, const void *b)
{
	const struct ytype *const *x = a, *const *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void
add(struct collect *c, enum yjs_change_kind kind, const struct item *it, uint32_t at)
{
	struct yjs_change change = {
		.kind = kind, .at = at, .len = it->len, .client = c->d->clients[it->client]->id,
		.clock = it->clock,
	};

	change.depth = it->parent->depth;
	change.root = it->parent->self->key;
	if (it->slot != NULL)
		change.key = it->slot->key;
	if (it->ref == REF_STRING && kind != YJS_DELETE) {
		change.text = (struct bytes){ (const uint8_t *)arena_strndup(c->a, (const char *)it->data,
			it->bytes), it->bytes };
	}
	buf_add(&c->changes, &change, sizeof(change));
}

static void
list_changes(struct collect *c, const struct ytype *t)
{
	uint32_t at = 0;

	for (const struct item *it = t->start; it != NULL; it = it->right) {
		bool gone = it->flags & ITEM_DELETED, fresh = is_new(c->d, it);
		if (!countable(it))
			continue;
		if (!fresh && gone && deleted_now(c->d, it))
			add(c, YJS_DELETE, it, at);
		if (fresh && !gone)
			add(c, YJS_INSERT, it, at);
		at += gone ? 0 : it->len;
	}
}

static void
map_changes(struct collect *c, const struct ytype *t)
{
	for (const struct slot *s = t->first; s != NULL; s = s->next) {
		const struct item *it = s->tail;
		if (it == NULL)
			continue;
		if (is_new(c->d, it) && (it->flags & ITEM_DELETED) == 0)
			add(c, YJS_SET, it, 0);
		else if (deleted_now(c->d, it))
			add(c, YJS_UNSET, it, 0);
	}
}

void
ychanges_collect(struct yjs_doc *d, struct arena *a, struct yjs_changes *out)
{
	struct collect c = { .d = d, .a = a };

	ydset_sort(&d->deleted);
	for (uint32_t i = 0; i < d->n_touched; i++)
		note_range(&c, d->touched[i], d->touched[i]->before, d->touched[i]->state);
	for (size_t i = 0; i < d->deleted.n; i++) {
		const struct yjs_range *r = &d->deleted.v[i];
		note_range(&c, yclient_get(d, r->client), r->start, r->end);
	}
	size_t n = c.types.len / sizeof(struct ytype *);
	struct ytype **types = (struct ytype **)(void *)c.types.data;
	if (n > 0)
		qsort(types, n, sizeof(struct ytype *), by_address);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && types[i] == types[i - 1])
			continue;
		list_changes(&c, types[i]);
		map_changes(&c, types[i]);
	}
	out->n = c.changes.len / sizeof(struct yjs_change);
	out->v = arena_array(a, out->n, sizeof(*out->v));
	if (out->n > 0)
		memcpy(out->v, c.changes.data, c.changes.len);
	buf_free(&c.changes);
	buf_free(&c.types);
}
