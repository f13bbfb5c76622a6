/*
 * integrate.c - where an item goes. Source: getMissing and integrate of yjs src/structs/Item.js.
 *
 * yjs keeps two sets during the scan over conflicting items: those it has passed, and those it has
 * passed since the place last moved. Here each item carries a stamp: at least the scan's first
 * stamp means passed, the present stamp means passed since then. No allocation.
 */
#include "doc.h"

/* Where one id is missing: NULL if it is there. */
static struct yclient *
absent(struct yjs_doc *d, uint64_t own, struct yid id)
{
	if (id.client == own)
		return NULL;
	struct yclient *c = yclient_get(d, id.client);
	return id.clock >= c->state ? c : NULL;
}

struct yclient *
ymissing(struct yjs_doc *d, const struct yblock *b, uint32_t *clock)
{
	struct yclient *c = NULL;

	if (b->ref == REF_GC)
		return NULL;
	if (b->info & INFO_ORIGIN) {
		*clock = b->origin.clock;
		c = absent(d, b->client, b->origin);
	}
	if (c == NULL && b->info & INFO_RIGHT) {
		*clock = b->right.clock;
		c = absent(d, b->client, b->right);
	}
	if (c == NULL && yblock_has_parent(b) && !b->in_root) {
		*clock = b->parent.clock;
		c = absent(d, b->client, b->parent);
	}
	return c;
}

/* The parent that the bytes name; NULL if it is gone or never was a type. */
static struct ytype *
named_parent(struct yjs_doc *d, const struct yblock *b)
{
	if (b->in_root)
		return ytype_root(d, b->root, true);
	struct item *it = ystore_item(yclient_get(d, b->parent.client), b->parent.clock);
	return it->ref == REF_TYPE ? it->type : NULL;
}

/* Finds neighbours and parent; parent stays NULL where the item is to become a GC. */
static void
resolve(struct yjs_doc *d, struct item *it, const struct yblock *b)
{
	struct item *left = NULL, *right = NULL;

	if (b->info & INFO_ORIGIN) {
		struct yclient *c = yclient_get(d, b->origin.client);
		left = yitem_clean_end(d, c, b->origin.clock);
		it->origin_client = c->index;
		it->origin_clock = b->origin.clock;
	}
	if (b->info & INFO_RIGHT) {
		struct yclient *c = yclient_get(d, b->right.client);
		right = yitem_clean_start(d, c, b->right.clock);
		it->right_client = c->index;
		it->right_clock = b->right.clock;
	}
	it->left = left;
	it->right = right;
	if ((left != NULL && left->ref == REF_GC) || (right != NULL && right->ref == REF_GC))
		return;
	if (left != NULL || right != NULL) {
		it->parent = left != NULL ? left->parent : right->parent;
		it->slot = left != NULL ? left->slot : right->slot;
		return;
	}
	it->parent = named_parent(d, b);
	if (it->parent != NULL && b->info & INFO_SUB)
		it->slot = yslot_get(d, it->parent, b->sub, true);
}

/* Starts a scan; when stamps run out, all go back to zero. */
static uint32_t
new_stamp(struct yjs_doc *d)
{
	if (d->stamp >= UINT32_C(1) << 31) {
		for (uint32_t i = 0; i < d->n_clients; i++) {
			struct yclient *c = d->clients[i];
			for (uint32_t l = 0; l < c->leaves; l++) {
				for (uint32_t k = 0; k < c->leaf[l]->n; k++)
					c->leaf[l]->item[k]->stamp = 0;
			}
		}
		d->stamp = 0;
	}
	return ++d->stamp;
}

static bool
same_origin(const struct item *a, const struct item *b)
{
	return a->origin_client == b->origin_client
	    && (a->origin_client == NO_CLIENT || a->origin_clock == b->origin_clock);
}

static bool
same_right(const struct item *a, const struct item *b)
{
	return a->right_client == b->right_client
	    && (a->right_client == NO_CLIENT || a->right_clock == b->right_clock);
}

/* What stands first where `it` goes if nothing stands left of it. */
static struct item *
leftmost(const struct item *it)
{
	return it->slot != NULL ? it->slot->head : it->parent->start;
}

/* The item that `it` goes behind, among those that were put at the same place at the same time. */
static struct item *
scan(struct yjs_doc *d, const struct item *it)
{
	struct item *left = it->left, *o = left != NULL ? left->right : leftmost(it);
	uint32_t first = new_stamp(d);
	uint64_t client = d->clients[it->client]->id;

	for (; o != NULL && o != it->right; o = o->right) {
		d->work++;
		o->stamp = d->stamp;
		if (same_origin(it, o)) {
			if (d->clients[o->client]->id < client) {
				left = o;
				d->stamp++;
			} else if (same_right(it, o)) {
				break;
			}
			continue;
		}
		if (o->origin_client == NO_CLIENT)
			break;
		struct item *origin = ystore_item(d->clients[o->origin_client], o->origin_clock);
		if (origin->stamp < first)
			break;
		if (origin->stamp != d->stamp) {
			left = o;
			d->stamp++;
		}
	}
	return left;
}

/* Puts the item behind it->left, or first. */
static void
link_item(struct yjs_doc *d, struct item *it)
{
	if (it->left != NULL) {
		it->right = it->left->right;
		it->left->right = it;
	} else {
		it->right = leftmost(it);
		if (it->slot != NULL)
			it->slot->head = it;
		else
			it->parent->start = it;
	}
	if (it->right != NULL) {
		it->right->left = it;
	} else if (it->slot != NULL) {
		it->slot->tail = it;
		if (it->left != NULL)
			yitem_delete(d, it->left);
	}
}

static void
insert(struct yjs_doc *d, struct yclient *c, struct item *it)
{
	struct item *left = it->left, *right = it->right;

	if (left != NULL ? left->right != right : right == NULL || right->left != NULL)
		it->left = scan(d, it);
	link_item(d, it);
	ystore_append(d, c, it);
	if (it->ref == REF_DELETED) {
		it->flags |= ITEM_DELETED;
		ydset_add(&d->deleted, c->id, it->clock, it->clock + it->len);
	}
	if ((it->parent->item != NULL && it->parent->item->flags & ITEM_DELETED)
	    || (it->slot != NULL && it->right != NULL))
		yitem_delete(d, it);
}

/*
 * The item's first units are known already: it goes on behind them. Where they stand is where it belongs, even if
 * these bytes now name another parent (which only a forger's do): a list's items are all of one parent.
 */
static void
continue_known(struct yjs_doc *d, struct yclient *c, struct item *it)
{
	it->left = yitem_clean_end(d, c, it->clock - 1);
	it->origin_client = c->index;
	it->origin_clock = it->clock - 1;
	it->parent = it->left->parent;
	it->slot = it->left->slot;
}

void
yintegrate(struct yjs_doc *d, struct yclient *c, const struct yblock *b, uint32_t cut)
{
	struct item *it = yitem_new(d);

	yclient_touch(d, c);
	it->client = c->index;
	it->clock = b->clock + cut;
	if (b->ref != REF_GC)
		resolve(d, it, b);
	if (cut > 0 && it->parent != NULL)
		continue_known(d, c, it);
	if (it->parent != NULL) {
		yitem_set_content(d, it, b, cut);
		insert(d, c, it);
		return;
	}
	*it = (struct item){ .client = c->index, .clock = b->clock + cut, .len = b->len - cut,
		.ref = REF_GC, .flags = ITEM_DELETED, .origin_client = NO_CLIENT,
		.right_client = NO_CLIENT };
	ystore_append(d, c, it);
}
