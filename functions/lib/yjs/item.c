/*
 * item.c - items: their memory, their content, splitting.
 *
 * Text lies in the document's text pool and an item has a slice of it. Splitting makes two slices
 * of one; joining two that lie side by side costs nothing, else the left one is moved to where
 * there is room to grow, so that typing costs O(1) a character.
 */
#include "doc.h"

#include "utf8.h"
#include "value.h"

struct item *
yitem_new(struct yjs_doc *d)
{
	struct item *it = d->free_items;

	if (it != NULL)
		d->free_items = it->right;
	else
		it = ypool_alloc(&d->pool, sizeof(*it), 8);
	*it = (struct item){ .origin_client = NO_CLIENT, .right_client = NO_CLIENT };
	return it;
}

void
yitem_free(struct yjs_doc *d, struct item *it)
{
	it->right = d->free_items;
	d->free_items = it;
}

/* The bytes in the pool, between what replaces halves of pairs. */
static uint8_t *
copy(struct yjs_doc *d, bool before, struct bytes s, bool behind)
{
	size_t head = before ? 3 : 0, tail = behind ? 3 : 0;
	uint8_t *p = ypool_alloc(&d->text, head + s.len + tail, 1);

	memcpy(p, UTF8_REPLACEMENT, head);
	if (s.len > 0)
		memcpy(p + head, s.data, s.len);
	memcpy(p + head + s.len, UTF8_REPLACEMENT, tail);
	return p;
}

void
yitem_set_content(struct yjs_doc *d, struct item *it, const struct yblock *b, uint32_t cut)
{
	bool half = false;

	it->ref = b->ref;
	it->len = b->len - cut;
	if (b->ref == REF_GC || b->ref == REF_DELETED)
		return;
	struct bytes from = cut == 0 ? b->content : yblock_content_from(b, cut, &half);
	if (b->ref == REF_TYPE) {
		it->type = ytype_new(d, b->type, it);
		it->type->self = it->parent->self;
		it->type->depth = it->parent->depth + 1;
		it->type->content = (struct bytes){ copy(d, false, from, false), from.len };
		return;
	}
	it->data = copy(d, half, from, false);
	it->bytes = (uint32_t)from.len + (half ? 3 : 0);
	it->flags |= b->ref == REF_STRING && b->ascii ? ITEM_ASCII : 0;
}

struct yblock
yitem_block(const struct yjs_doc *d, const struct item *it)
{
	struct yblock b = {
		.client = d->clients[it->client]->id, .clock = it->clock, .len = it->len,
		.ref = it->ref, .ascii = it->flags & ITEM_ASCII,
	};

	if (it->ref == REF_TYPE)
		b.content = it->type->content;
	else
		b.content = (struct bytes){ it->data, it->bytes };
	return b;
}

/* Parts the content of left after `diff` units; right is a copy of left, and keeps the room behind it. */
static void
split_content(struct yjs_doc *d, struct item *left, struct item *right, uint32_t diff)
{
	struct yblock b = yitem_block(d, left);
	bool half;
	struct bytes rest = yblock_content_from(&b, diff, &half);
	size_t at = left->bytes - rest.len;

	/* What had to be read to find the place: characters, or whole values. */
	if (left->ref == REF_ANY || left->ref == REF_JSON)
		d->work += diff / 4 + at / 16;
	else if ((left->flags & ITEM_ASCII) == 0)
		d->work += at / 16;
	if (half) {
		right->data = copy(d, true, rest, false);
		right->bytes = (uint32_t)rest.len + 3;
		right->room = 0;
		left->data = copy(d, false, (struct bytes){ left->data, at - 4 }, true);
		left->bytes = (uint32_t)at - 1;
	} else {
		right->data = rest.data;
		right->bytes = (uint32_t)rest.len;
		left->bytes = (uint32_t)at;
	}
	left->room = 0;
}

struct item *
yitem_split(struct yjs_doc *d, struct yclient *c, struct pos p, uint32_t diff)
{
	struct item *left = ystore_at(c, p), *right = yitem_new(d);

	*right = *left;
	right->stamp = 0;
	right->clock += diff;
	right->len -= diff;
	right->origin_client = left->client;
	right->origin_clock = right->clock - 1;
	right->left = left;
	if (left->data != NULL)
		split_content(d, left, right, diff);
	left->len = diff;
	left->right = right;
	if (right->right != NULL)
		right->right->left = right;
	else if (right->slot != NULL)
		right->slot->tail = right;
	ystore_insert_after(d, c, p, right);
	ymerge_later(d, right);
	return right;
}

struct item *
yitem_clean_start(struct yjs_doc *d, struct yclient *c, uint32_t clock)
{
	struct pos p = ystore_find(c, clock);
	struct item *it = ystore_at(c, p);

	if (it->clock == clock || it->ref == REF_GC)
		return it;
	return yitem_split(d, c, p, clock - it->clock);
}

struct item *
yitem_clean_end(struct yjs_doc *d, struct yclient *c, uint32_t clock)
{
	struct pos p = ystore_find(c, clock);
	struct item *it = ystore_at(c, p);

	if (clock != it->clock + it->len - 1 && it->ref != REF_GC)
		yitem_split(d, c, p, clock - it->clock + 1);
	return it;
}

/* Moves the content to where `more` bytes and half as much again as there will be fit behind it. */
static void
move(struct yjs_doc *d, struct item *it, size_t more)
{
	size_t total = it->bytes + more, spare = total / 2 < UINT16_MAX / 2 ? total / 2 : UINT16_MAX / 2;
	uint8_t *p = ypool_alloc(&d->text, total + spare, 1);

	memcpy(p, it->data, it->bytes);
	it->data = p;
	it->room = (uint16_t)spare;
}

void
yitem_append_bytes(struct yjs_doc *d, struct item *it, struct bytes more)
{
	const uint8_t *end = it->data + it->bytes;

	if (it->room >= more.len)
		it->room = (uint16_t)(it->room - more.len);
	else if (it->room > 0 || !ypool_grow(&d->text, end, more.len))
		move(d, it, more.len);
	memcpy((uint8_t *)(uintptr_t)it->data + it->bytes, more.data, more.len);
	it->bytes += (uint32_t)more.len;
}
