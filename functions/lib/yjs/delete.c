/*
 * delete.c - deleting items, and dropping the content of what is deleted.
 *
 * Both go down into nested types; yjs recurses there (and overflows its stack at some thousand
 * levels), here the types that are open stand on a stack in memory. Deletion keeps yjs's order, since
 * the order in which places are noted for joining can be seen in the bytes.
 */
#include "doc.h"

#include <stdlib.h>

static void
push_type(struct yjs_doc *d, struct ytype *t)
{
	if (d->n_types == d->cap_types) {
		d->cap_types = d->cap_types == 0 ? 16 : d->cap_types * 2;
		d->types = realloc(d->types, d->cap_types * sizeof(*d->types));
		if (d->types == NULL)
			abort();
	}
	d->types[d->n_types++] = (struct type_visit){ t, t->start, t->first };
}

static void
mark(struct yjs_doc *d, struct item *it)
{
	it->flags |= ITEM_DELETED;
	ydset_add(&d->deleted, d->clients[it->client]->id, it->clock, it->clock + it->len);
	if (it->ref == REF_TYPE)
		push_type(d, it->type);
}

/* One item of a deleted type. What was deleted before may now join its neighbours. */
static void
mark_child(struct yjs_doc *d, struct item *it)
{
	const struct yclient *c = d->clients[it->client];

	if ((it->flags & ITEM_DELETED) == 0)
		mark(d, it);
	else if (it->clock < (c->epoch == d->epoch ? c->before : c->state))
		ymerge_later(d, it);
}

void
yitem_delete(struct yjs_doc *d, struct item *it)
{
	if (it->flags & ITEM_DELETED)
		return;
	mark(d, it);
	while (d->n_types > 0) {
		struct type_visit *v = &d->types[d->n_types - 1];
		if (v->it != NULL) {
			it = v->it;
			v->it = it->right;
			mark_child(d, it);
		} else if (v->slot != NULL) {
			it = v->slot->tail;
			v->slot = v->slot->next;
			if (it != NULL)
				mark_child(d, it);
		} else {
			d->n_types--;
		}
	}
}

/* All items from `it` to the right become GCs. */
static void
gc_list(struct yjs_doc *d, struct item *it)
{
	while (it != NULL) {
		struct item *next = it->right;
		if (it->ref == REF_TYPE)
			push_type(d, it->type);
		*it = (struct item){ .client = it->client, .clock = it->clock, .len = it->len,
			.ref = REF_GC, .flags = ITEM_DELETED, .origin_client = NO_CLIENT,
			.right_client = NO_CLIENT };
		it = next;
	}
}

void
yitem_gc(struct yjs_doc *d, struct item *it)
{
	if (it->ref == REF_TYPE)
		push_type(d, it->type);
	it->ref = REF_DELETED;
	it->data = NULL;
	it->bytes = 0;
	it->room = 0;
	while (d->n_types > 0) {
		struct ytype *t = d->types[--d->n_types].type;
		gc_list(d, t->start);
		t->start = NULL;
		for (struct slot *s = t->first; s != NULL; s = s->next) {
			gc_list(d, s->head);
			s->head = s->tail = NULL;
		}
	}
}

uint32_t
ydelete_range(struct yjs_doc *d, struct yclient *c, uint32_t start, uint32_t end)
{
	if (start >= c->state)
		return start;
	struct pos p = ystore_find(c, start);
	struct item *it = ystore_at(c, p);
	if (it->clock < start && (it->flags & ITEM_DELETED) == 0) {
		it = yitem_split(d, c, p, start - it->clock);
		p = ystore_find(c, start);
	}
	do {
		it = ystore_at(c, p);
		if (it->clock >= end)
			break;
		if (it->flags & ITEM_DELETED)
			continue;
		if (end < it->clock + it->len) {
			yitem_split(d, c, p, end - it->clock);
			p = ystore_find(c, it->clock);
		}
		yitem_delete(d, it);
	} while (ystore_next(c, &p));
	return end < c->state ? end : c->state;
}
