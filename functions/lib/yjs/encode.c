/*
 * encode.c - a document as an update. Source: yjs src/utils/encoding.js (writeClientsStructs),
 * src/utils/DeleteSet.js (createDeleteSetFromStructStore), src/structs/Item.js (write).
 */
#include "doc.h"

#include <stdlib.h>

static int
descending(const void *a, const void *b)
{
	const struct yclient *const *x = a, *const *y = b;

	return (*x)->id > (*y)->id ? -1 : (*x)->id < (*y)->id;
}

struct yclient **
yencode_order(const struct yjs_doc *d, uint32_t *n)
{
	struct yclient **v = malloc((d->n_clients + 1) * sizeof(struct yclient *));

	if (v == NULL)
		abort();
	*n = 0;
	for (uint32_t i = 0; i < d->n_clients; i++) {
		if (d->clients[i]->state > 0)
			v[(*n)++] = d->clients[i];
	}
	qsort(v, *n, sizeof(struct yclient *), descending);
	return v;
}

static void
write_parent(const struct yjs_doc *d, struct buf *out, const struct item *it)
{
	const struct ytype *parent = it->parent;

	if (parent->item == NULL) {
		ywr_uint(out, 1);
		ywr_bytes(out, parent->self->key);
	} else {
		ywr_uint(out, 0);
		ywr_uint(out, d->clients[parent->item->client]->id);
		ywr_uint(out, parent->item->clock);
	}
	if (it->slot != NULL)
		ywr_bytes(out, it->slot->key);
}

/* The first byte and the origins, in one piece; those are nearly all of most documents. */
static bool
write_head(const struct yjs_doc *d, struct buf *out, const struct item *it, uint32_t cut)
{
	uint8_t *p = buf_reserve(out, 64), *first = p++;
	uint32_t origin = cut > 0 ? it->client : it->origin_client;

	*first = it->ref;
	if (origin != NO_CLIENT) {
		*first |= INFO_ORIGIN;
		p = ywr_uint_at(p, d->clients[origin]->id);
		p = ywr_uint_at(p, cut > 0 ? it->clock + cut - 1 : it->origin_clock);
	}
	if (it->right_client != NO_CLIENT) {
		*first |= INFO_RIGHT;
		p = ywr_uint_at(p, d->clients[it->right_client]->id);
		p = ywr_uint_at(p, it->right_clock);
	}
	if (it->slot != NULL)
		*first |= INFO_SUB;
	out->len += (size_t)(p - first);
	return (*first & (INFO_ORIGIN | INFO_RIGHT)) == 0 && it->ref != REF_GC;
}

void
yencode_item(const struct yjs_doc *d, struct buf *out, const struct item *it, uint32_t cut)
{
	/* A GC has neither origins nor a parent, cut or not. */
	bool parent = write_head(d, out, it, it->ref == REF_GC ? 0 : cut);

	if (parent)
		write_parent(d, out, it);
	if (it->ref == REF_STRING && cut == 0) {
		ywr_bytes(out, (struct bytes){ it->data, it->bytes });
		return;
	}
	struct yblock b = yitem_block(d, it);
	yblock_write_content(out, &b, cut);
}

static void
write_section(const struct yjs_doc *d, struct buf *out, struct yclient *c, uint32_t clock)
{
	struct pos p = ystore_find(c, clock);
	uint32_t cut = clock - ystore_at(c, p)->clock, n = c->leaf[p.leaf]->n - p.at;

	for (uint32_t l = p.leaf + 1; l < c->leaves; l++)
		n += c->leaf[l]->n;
	ywr_uint(out, n);
	ywr_uint(out, c->id);
	ywr_uint(out, clock);
	do {
		yencode_item(d, out, ystore_at(c, p), cut);
		cut = 0;
	} while (ystore_next(c, &p));
}

/* Calls for each run of deleted items; with out == NULL only counts them. */
static uint64_t
write_runs(struct buf *out, const struct yclient *c)
{
	uint32_t start = 0, end = 0;
	uint64_t n = 0;

	for (uint32_t l = 0; l < c->leaves; l++) {
		for (uint32_t i = 0; i < c->leaf[l]->n; i++) {
			const struct item *it = c->leaf[l]->item[i];
			if ((it->flags & ITEM_DELETED) == 0)
				continue;
			if (end != it->clock || end == 0) {
				n += end > start;
				if (out != NULL && end > start) {
					ywr_uint(out, start);
					ywr_uint(out, end - start);
				}
				start = it->clock;
			}
			end = it->clock + it->len;
		}
	}
	if (out != NULL && end > start) {
		ywr_uint(out, start);
		ywr_uint(out, end - start);
	}
	return n + (end > start);
}

void
yencode_deletes(struct buf *out, struct yclient *const *clients, uint32_t n)
{
	uint64_t with = 0;

	for (uint32_t i = 0; i < n; i++)
		with += write_runs(NULL, clients[i]) > 0;
	ywr_uint(out, with);
	for (uint32_t i = 0; i < n; i++) {
		uint64_t runs = write_runs(NULL, clients[i]);
		if (runs == 0)
			continue;
		ywr_uint(out, clients[i]->id);
		ywr_uint(out, runs);
		write_runs(out, clients[i]);
	}
}

void
yjs_doc_encode(const struct yjs_doc *d, const struct yjs_sv *sv, struct buf *out)
{
	static const struct yjs_sv nothing;
	uint32_t n, sections = 0;
	struct yclient **v = yencode_order(d, &n);

	if (sv == NULL)
		sv = &nothing;
	for (uint32_t i = 0; i < n; i++)
		sections += yjs_sv_get(sv, v[i]->id) < v[i]->state;
	ywr_uint(out, sections);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t clock = yjs_sv_get(sv, v[i]->id);
		if (clock < v[i]->state)
			write_section(d, out, v[i], clock);
	}
	yencode_deletes(out, v, n);
	free(v);
}

int
yjs_doc_encode_pending(const struct yjs_doc *d, const struct yjs_sv *sv, struct buf *out,
    struct err *e)
{
	struct buf state = { 0 }, structs = { 0 }, deletes = { 0 }, diff = { 0 }, known = { 0 };
	int result;

	if (d->n_waiting == 0) {
		yjs_doc_encode(d, sv, out);
		return 0;
	}
	yjs_doc_encode(d, sv, &state);
	ypending_write(d, &structs, &deletes);
	yjs_sv_encode(&known, sv != NULL ? sv : &(struct yjs_sv){ 0 });
	result = yjs_diff(&diff, buf_bytes(&structs), buf_bytes(&known), &yjs_limits_all, e);
	if (result == 0) {
		struct bytes all[] = { buf_bytes(&state), buf_bytes(&deletes), buf_bytes(&diff) };
		result = yjs_merge(out, all, 3, &yjs_limits_all, e);
	}
	buf_free(&state);
	buf_free(&structs);
	buf_free(&deletes);
	buf_free(&diff);
	buf_free(&known);
	return result;
}
