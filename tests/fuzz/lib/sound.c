/*
 * sound.c - see sound.h.
 */
#include "sound.h"

#include "utf8.h"

#include <stdlib.h>

void
must(bool good)
{
	if (!good)
		abort();
}

void
must_equal(struct buf *a, struct buf *b)
{
	must(a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0));
	buf_clear(a);
	buf_clear(b);
}

void
must_be_valid(struct buf *update)
{
	struct err e = { 0 };

	must(yjs_validate(buf_bytes(update), &yjs_limits_all, NULL, &e) == 0);
	buf_clear(update);
}

/* The text is whole, and as long as the item says. */
static void
check_text(const struct item *it)
{
	struct ytext_measure m;

	if (it->ref != REF_STRING)
		return;
	must(yutf8_measure((struct bytes){ it->data, it->bytes }, &m) && m.units == it->len);
	must((it->flags & ITEM_ASCII) == 0 || m.ascii);
}

static void
check_item(const struct yjs_doc *d, const struct yclient *c, const struct item *it, uint32_t clock)
{
	must(it->clock == clock && it->len > 0 && d->clients[it->client] == c);
	if (it->ref == REF_GC)
		return;
	must(it->parent != NULL);
	must(it->left == NULL || it->left->right == it);
	must(it->right == NULL || it->right->left == it);
	must(it->slot == NULL || it->slot->owner == it->parent);
	const struct item *head = it->slot != NULL ? it->slot->head : it->parent->start;
	must(it->left != NULL || head == it);
	must(it->slot == NULL || it->right != NULL || it->slot->tail == it);
	must(it->ref != REF_TYPE || it->type->item == it);
	check_text(it);
}

/* Whoever waits is listed, and for something that has not come. */
static void
check_waiting(const struct yjs_doc *d)
{
	for (uint32_t i = 0; i < d->n_waiting; i++) {
		const struct yclient *c = d->clients[d->waiting[i]];
		must(c->waiting_at == i && (c->structs.n > 0 || c->deletes.n > 0));
		must(c->structs.n == 0 || (c->wait != NULL && c->wait->state <= c->wait_clock));
		must(c->deletes.n == 0 || c->deletes.v[0].clock >= c->state);
	}
	must(d->n_waiting > 0 || d->waiting_bytes == 0);
	must(d->waiting_bytes <= d->opt.pending && d->n_retry == 0);
}

void
must_be_sound(const struct yjs_doc *d)
{
	check_waiting(d);
	for (uint32_t i = 0; i < d->n_clients; i++) {
		const struct yclient *c = d->clients[i];
		uint32_t clock = 0;
		for (uint32_t l = 0; l < c->leaves; l++) {
			must(c->leaf[l]->n > 0 && c->first[l] == clock);
			for (uint32_t k = 0; k < c->leaf[l]->n; k++) {
				must(leaf_clocks(c->leaf[l])[k] == clock);
				check_item(d, c, c->leaf[l]->item[k], clock);
				clock += c->leaf[l]->item[k]->len;
			}
		}
		must(clock == c->state);
	}
}
