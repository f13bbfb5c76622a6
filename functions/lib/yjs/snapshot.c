/*
 * snapshot.c - points in a document's life. Source: yjs src/utils/Snapshot.js.
 */
#include "doc.h"

#include "utf8.h"

#include <stdlib.h>

void
yjs_doc_snapshot(const struct yjs_doc *d, struct buf *out)
{
	uint32_t n;
	struct yclient **v = yencode_order(d, &n);

	yencode_deletes(out, v, n);
	free(v);
	yjs_doc_sv(d, out);
}

/* Reads the delete set in front as that of an update without structs; says how long it is. */
static int
read_deletes(struct bytes snapshot, struct ydset *deletes, struct bytes *sv, struct err *e)
{
	struct buf update = { 0 };
	struct ywalk w;
	struct yblock b;
	struct yjs_range r;

	ywr_uint(&update, 0);
	buf_add(&update, snapshot.data, snapshot.len);
	ywalk_open(&w, buf_bytes(&update), &yjs_limits_all);
	ywalk_struct(&w, &b);
	while (ywalk_delete(&w, &r))
		ydset_add(deletes, r.client, r.start, r.end);
	size_t left = yrd_left(&w.rd);
	w.rd.p = w.rd.end;
	int result = ywalk_close(&w, e);
	buf_free(&update);
	*sv = (struct bytes){ snapshot.data + (snapshot.len - left), left };
	return result;
}

/* The item's first `len` units. A pair that is cut there becomes U+FFFD, as when it is split. */
static void
write_head(const struct yjs_doc *d, struct buf *out, const struct item *it, uint32_t len)
{
	struct item head = *it;
	struct yblock b = yitem_block(d, it);
	struct buf text = { 0 };
	bool half;

	head.len = len;
	if (it->ref == REF_STRING || it->ref == REF_ANY || it->ref == REF_JSON) {
		struct bytes rest = yblock_content_from(&b, len, &half);
		buf_add(&text, it->data, it->bytes - rest.len - (half ? 4 : 0));
		if (half)
			buf_str(&text, UTF8_REPLACEMENT);
		head.data = text.data;
		head.bytes = (uint32_t)text.len;
	}
	yencode_item(d, out, &head, 0);
	buf_free(&text);
}

/* The client's structs below `clock`. */
static void
write_section(const struct yjs_doc *d, struct buf *out, struct yclient *c, uint32_t clock)
{
	struct pos last = ystore_find(c, clock - 1), p = { 0, 0 };
	uint32_t n = last.at + 1;

	for (uint32_t l = 0; l < last.leaf; l++)
		n += c->leaf[l]->n;
	ywr_uint(out, n);
	ywr_uint(out, c->id);
	ywr_uint(out, 0);
	for (; n > 1; n--, ystore_next(c, &p))
		yencode_item(d, out, ystore_at(c, p), 0);
	struct item *it = ystore_at(c, last);
	write_head(d, out, it, clock - it->clock);
}

static void
write_state(const struct yjs_doc *d, const struct yjs_sv *sv, struct ydset *deletes, struct buf *out)
{
	uint32_t n, sections = 0;
	struct yclient **v = yencode_order(d, &n);

	for (uint32_t i = 0; i < n; i++)
		sections += yjs_sv_get(sv, v[i]->id) > 0;
	ywr_uint(out, sections);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t clock = yjs_sv_get(sv, v[i]->id);
		if (clock > 0)
			write_section(d, out, v[i], clock);
	}
	ydset_write(out, deletes);
	free(v);
}

static int
check_state(const struct yjs_doc *d, const struct yjs_sv *sv, struct err *e)
{
	if (!d->opt.keep_deleted)
		return err_set(e, ERR_INVALID, "snapshot: the document has dropped what was deleted");
	for (size_t i = 0; i < sv->n; i++) {
		if (sv->v[i].clock > yjs_doc_clock(d, sv->v[i].client))
			return err_set(e, ERR_INVALID, "snapshot: it is of a later state than the document");
	}
	return 0;
}

int
yjs_doc_at(const struct yjs_doc *d, struct bytes snapshot, struct buf *out, struct err *e)
{
	struct arena *a = arena_new(1024);
	struct ydset deletes = { 0 };
	struct bytes rest;
	struct yjs_sv sv;
	int result = read_deletes(snapshot, &deletes, &rest, e);

	if (result == 0)
		result = yjs_sv_decode(a, rest, 0, &sv, e);
	if (result == 0)
		result = check_state(d, &sv, e);
	if (result == 0)
		write_state(d, &sv, &deletes, out);
	ydset_free(&deletes);
	arena_free(a);
	return result;
}
