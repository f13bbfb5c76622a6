/*
 * apply.c - one update into a document.
 *
 * The update is read twice: once to check all of it and note where each client's section begins,
 * once to integrate, from the highest client on. A struct that needs another client's, not yet
 * integrated, puts that client's section on a stack and waits; where what it needs is not in the
 * update either, all sections on the stack go to pending.c. Source: integrateStructs of yjs
 * src/utils/encoding.js.
 */
#include "doc.h"

#include <stdlib.h>

struct section {
	struct yblock b;		/* the struct it stands at, if loaded */
	struct yclient *c;
	uint64_t client;
	const uint8_t *p, *end;		/* behind b */
	uint32_t left, clock;		/* structs and clock behind b */
	bool loaded, queued;
};

static struct section *
section_new(struct yjs_doc *d)
{
	if (d->n_sections == d->cap_sections) {
		d->cap_sections = d->cap_sections == 0 ? 4 : d->cap_sections * 2;
		d->sections = realloc(d->sections, d->cap_sections * sizeof(*d->sections));
		d->stack = realloc(d->stack, d->cap_sections * sizeof(struct section *));
		if (d->sections == NULL || d->stack == NULL)
			abort();
	}
	return &d->sections[d->n_sections++];
}

/* Reads all of the update: sections and deletes; nothing of it is in the document afterwards. */
static int
check(struct yjs_doc *d, struct bytes update, const struct yjs_limits *lim, struct yjs_info *info,
    struct err *e)
{
	uint64_t client = UINT64_MAX;
	struct ywalk w;
	struct yblock b;
	struct yjs_range r;

	d->n_sections = 0;
	d->incoming.n = 0;
	ywalk_open(&w, update, lim);
	while (ywalk_struct(&w, &b)) {
		if (b.client == client)
			continue;
		client = b.client;
		*section_new(d) = (struct section){ .b = b, .client = client, .p = w.rd.p,
			.end = w.rd.end, .left = (uint32_t)w.left, .clock = w.clock, .loaded = true };
	}
	while (ywalk_delete(&w, &r))
		ydset_add(&d->incoming, r.client, r.start, r.end);
	if (ywalk_close(&w, e) != 0)
		return -1;
	*info = w.info;
	return 0;
}

static int
descending(const void *a, const void *b)
{
	const struct section *x = a, *y = b;

	return x->client > y->client ? -1 : x->client < y->client;
}

/* Whether the document takes the clients of all sections. */
static int
admit_clients(struct yjs_doc *d, struct err *e)
{
	uint32_t unknown = 0;

	if (d->n_writers + d->n_sections <= d->opt.clients)
		return 0;
	for (uint32_t i = 0; i < d->n_sections; i++) {
		const struct yclient *c = yclient_find(d, d->sections[i].client);
		unknown += c == NULL || c->state == 0;
	}
	if (unknown > 0 && d->n_writers + unknown > d->opt.clients)
		return err_set(e, ERR_LIMIT, "update: more clients than this document takes");
	return 0;
}

/* Puts the sections in order and finds their clients. */
static int
open_sections(struct yjs_doc *d, struct err *e)
{
	bool sorted = true;

	if (admit_clients(d, e) != 0)
		return -1;
	for (uint32_t i = 0; i < d->n_sections; i++) {
		d->sections[i].c = yclient_get(d, d->sections[i].client);
		sorted = sorted && (i == 0 || d->sections[i - 1].client > d->sections[i].client);
	}
	if (!sorted)
		qsort(d->sections, d->n_sections, sizeof(*d->sections), descending);
	return 0;
}

static struct section *
find_section(struct yjs_doc *d, uint64_t client)
{
	uint32_t low = 0, high = d->n_sections;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		if (d->sections[mid].client > client)
			low = mid + 1;
		else
			high = mid;
	}
	return low < d->n_sections && d->sections[low].client == client ? &d->sections[low] : NULL;
}

/* Has s stand at a struct; false at its end. */
static bool
load(struct section *s)
{
	if (s->loaded)
		return true;
	if (s->left == 0)
		return false;
	struct yrd r = { .p = s->p, .end = s->end, .start = s->p };
	yblock_read(&r, &yjs_limits_all, s->client, s->clock, &s->b);
	s->p = r.p;
	s->clock = yblock_end(&s->b);
	s->left--;
	return s->loaded = true;
}

/* Everything that is left in the sections on the stack waits for another update. */
static void
hold_back(struct yjs_doc *d)
{
	while (d->depth > 0) {
		struct section *s = d->stack[--d->depth];
		s->queued = false;
		while (load(s)) {
			if (s->b.ref != REF_SKIP)
				ypending_add(d, s->c, &s->b);
			s->loaded = false;
		}
	}
}

static void
push(struct yjs_doc *d, struct section *s)
{
	s->queued = true;
	d->stack[d->depth++] = s;
}

/* Integrates the struct at s or, where it must wait for another section, pushes that one. */
static void
step(struct yjs_doc *d, struct section *s)
{
	const struct yblock *b = &s->b;
	struct yclient *missing = NULL;
	uint32_t clock;

	if (b->ref != REF_SKIP) {
		if (b->clock > s->c->state) {
			hold_back(d);
			return;
		}
		missing = ymissing(d, b, &clock);
	}
	if (missing != NULL) {
		struct section *other = find_section(d, missing->id);
		if (other != NULL && !other->queued && load(other))
			push(d, other);
		else
			hold_back(d);
		return;
	}
	if (b->ref != REF_SKIP && yblock_end(b) > s->c->state)
		yintegrate(d, s->c, b, s->c->state - b->clock);
	s->loaded = false;
	/* It was wanted by another: that one looks again, after one struct as in yjs. */
	if (d->depth > 1) {
		s->queued = false;
		d->depth--;
	}
}

static void
integrate_sections(struct yjs_doc *d)
{
	for (uint32_t i = 0; i < d->n_sections; i++) {
		d->depth = 0;
		push(d, &d->sections[i]);
		while (d->depth > 0 && !ydoc_exhausted(d)) {
			struct section *s = d->stack[d->depth - 1];
			if (load(s)) {
				step(d, s);
			} else {
				s->queued = false;
				d->depth--;
			}
		}
	}
}

static void
apply_deletes(struct yjs_doc *d)
{
	for (size_t i = 0; i < d->incoming.n && !ydoc_exhausted(d); i++) {
		const struct yjs_range *r = &d->incoming.v[i];
		struct yclient *c = yclient_find(d, r->client);
		/* A client that nobody heard of is made for what can wait only. */
		if (c == NULL && !ypending_room(d))
			continue;
		c = yclient_get(d, r->client);
		uint32_t done = ydelete_range(d, c, r->start, r->end);
		if (done < r->end)
			ypending_add_delete(d, c, done, r->end);
	}
}

/* Whether b's right neighbour is the one that `it` was put before, and still stands before. */
static bool
before_the_same(const struct yjs_doc *d, const struct yblock *b, const struct item *it)
{
	const struct item *right = it->right;

	if ((b->info & INFO_RIGHT) == 0)
		return it->right_client == NO_CLIENT && right == NULL;
	return right != NULL && right->client == it->right_client && right->clock == it->right_clock
	    && right->clock == b->right.clock && d->clients[right->client]->id == b->right.client;
}

/*
 * The usual update: text typed behind what its author typed last, with the same right neighbour.
 * Integrating it would make an item and join it to the one before; this joins at once.
 */
static bool
typed_on(struct yjs_doc *d, const struct yjs_info *info)
{
	const struct yblock *b = &d->sections[0].b;
	struct yclient *c = d->sections[0].c;

	if (info->structs != 1 || info->deletes != 0 || d->n_waiting != 0)
		return false;
	if (b->ref != REF_STRING || c->state == 0 || b->clock != c->state || (b->info & INFO_ORIGIN) == 0
	    || b->origin.client != b->client || b->origin.clock != b->clock - 1)
		return false;
	struct item *it = ystore_last(c);
	if (it->ref != REF_STRING || it->flags & ITEM_DELETED || it->slot != NULL
	    || b->content.len > ITEM_BYTES_MAX - it->bytes || !before_the_same(d, b, it))
		return false;
	yitem_append_bytes(d, it, b->content);
	it->len += b->len;
	c->state += b->len;
	it->flags &= (uint8_t)(b->ascii ? ~0 : ~ITEM_ASCII);
	return true;
}

static int
exhausted(struct err *e)
{
	return err_set(e, ERR_INTERNAL, "update: too many conflicts to integrate");
}

static int
transaction(struct yjs_doc *d, struct arena *a, struct yjs_changes *changes,
    struct yjs_applied *out, struct err *e)
{
	integrate_sections(d);
	apply_deletes(d);
	ypending_retry(d);
	if (ydoc_exhausted(d)) {
		d->broken = true;
		return exhausted(e);
	}
	out->changed = d->n_touched > 0 || d->deleted.n > 0;
	if (changes != NULL)
		ychanges_collect(d, a, changes);
	ycleanup(d);
	out->dropped = d->overflow;
	if (d->overflow)
		ypending_drop(d);
	out->waiting = d->waiting_bytes;
	return 0;
}

static int
apply(struct yjs_doc *d, struct bytes update, const struct yjs_limits *lim, struct arena *a,
    struct yjs_changes *changes, struct yjs_applied *out, struct err *e)
{
	struct yjs_applied applied = { 0 };
	struct yjs_info info;

	if (d->broken)
		return exhausted(e);
	if (check(d, update, lim, &info, e) != 0 || open_sections(d, e) != 0)
		return -1;
	d->epoch++;
	d->work = 0;
	if (changes == NULL && d->n_sections == 1 && typed_on(d, &info))
		applied.changed = true;
	else if (transaction(d, a, changes, &applied, e) != 0)
		return -1;
	if (out != NULL)
		*out = applied;
	return 0;
}

int
yjs_doc_apply(struct yjs_doc *d, struct bytes update, const struct yjs_limits *lim,
    struct yjs_applied *out, struct err *e)
{
	return apply(d, update, lim, NULL, NULL, out, e);
}

int
yjs_doc_apply_changes(struct yjs_doc *d, struct bytes update, const struct yjs_limits *lim,
    struct arena *a, struct yjs_changes *changes, struct err *e)
{
	return apply(d, update, lim, a, changes, NULL, e);
}

void
yapply_free(struct yjs_doc *d)
{
	ydset_free(&d->incoming);
	free(d->sections);
	free(d->stack);
}
