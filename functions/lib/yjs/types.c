/*
 * types.c - shared types and their map entries, found by name in one hash for the document.
 */
#include "doc.h"

#include "hash.h"

#include <stdlib.h>

struct ytype *
ytype_new(struct yjs_doc *d, uint8_t kind, struct item *item)
{
	struct ytype *t = ypool_alloc(&d->pool, sizeof(*t), 8);

	*t = (struct ytype){ .kind = kind, .item = item };
	return t;
}

static bool
is(const struct slot *s, uint64_t hash, const struct ytype *owner, struct bytes key)
{
	return s->hash == hash && s->owner == owner && s->key.len == key.len
	    && memcmp(s->key.data, key.data, key.len) == 0;
}

static struct slot **
place(struct yjs_doc *d, uint64_t hash, const struct ytype *owner, struct bytes key)
{
	uint32_t mask = d->slots_cap - 1, i = (uint32_t)hash & mask;

	while (d->slots[i] != NULL && !is(d->slots[i], hash, owner, key))
		i = (i + 1) & mask;
	return &d->slots[i];
}

static void
grow(struct yjs_doc *d)
{
	struct slot **old = d->slots;
	uint32_t n = d->slots_cap;

	d->slots_cap = n == 0 ? 8 : n * 2;
	d->slots = calloc(d->slots_cap, sizeof(*d->slots));
	if (d->slots == NULL)
		abort();
	for (uint32_t i = 0; i < n; i++) {
		if (old[i] != NULL)
			*place(d, old[i]->hash, old[i]->owner, old[i]->key) = old[i];
	}
	free(old);
}

/* Puts s behind the others of its owner. */
static void
enlist(struct yjs_doc *d, struct slot *s)
{
	struct slot **first = s->owner == NULL ? &d->first_root : &s->owner->first;
	struct slot **last = s->owner == NULL ? &d->last_root : &s->owner->last;

	if (*last == NULL)
		*first = s;
	else
		(*last)->next = s;
	*last = s;
}

struct slot *
yslot_get(struct yjs_doc *d, struct ytype *owner, struct bytes key, bool make)
{
	uint64_t hash = yhash_bytes((uintptr_t)owner, key);

	if (d->slots_cap == 0 || d->n_slots * 2 >= d->slots_cap)
		grow(d);
	struct slot **at = place(d, hash, owner, key);
	if (*at != NULL || !make)
		return *at;
	struct slot *s = ypool_alloc(&d->pool, sizeof(*s), 8);
	uint8_t *name = ypool_alloc(&d->text, key.len, 1);
	if (key.len > 0)
		memcpy(name, key.data, key.len);
	*s = (struct slot){ .owner = owner, .key = { name, key.len }, .hash = hash };
	enlist(d, s);
	d->n_slots++;
	return *at = s;
}

struct ytype *
ytype_root(struct yjs_doc *d, struct bytes name, bool make)
{
	struct slot *s = yslot_get(d, NULL, name, make);

	if (s == NULL)
		return NULL;
	if (s->root == NULL) {
		s->root = ytype_new(d, YJS_ROOT, NULL);
		s->root->self = s;
	}
	return s->root;
}
