/*
 * yjs_messages.c - y-protocols messages, state vectors, awareness, snapshots.
 *
 * What was read and is written again must be the same bytes, but for state vectors, which are sorted.
 */
#include "yjs.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must_equal(struct buf *b, struct bytes want)
{
	if (b->len != want.len || (want.len > 0 && memcmp(b->data, want.data, want.len) != 0))
		abort();
	buf_clear(b);
}

static void
messages(struct bytes in, struct buf *out)
{
	struct bytes rest = in;
	struct yjs_frame f;
	struct err e = { 0 };
	int more;

	while ((more = yjs_frame_next(&rest, &f, &e)) == 1)
		yjs_frame_write(out, f.kind, f.payload);
	if (more == 0)
		must_equal(out, in);
	buf_clear(out);
}

static void
awareness(struct arena *a, struct bytes in, struct buf *out)
{
	struct yjs_presence *v;
	struct err e = { 0 };
	size_t n;

	if (yjs_awareness_decode(a, in, 64, 4096, &v, &n, &e) != 0)
		return;
	yjs_awareness_encode(out, v, n);
	must_equal(out, in);
}

static void
state_vector(struct arena *a, struct bytes in, struct buf *out)
{
	struct yjs_sv sv, again;
	struct err e = { 0 };

	if (yjs_sv_decode(a, in, 0, &sv, &e) != 0)
		return;
	yjs_sv_encode(out, &sv);
	if (yjs_sv_decode(a, buf_bytes(out), 0, &again, &e) != 0 || again.n != sv.n)
		abort();
	for (size_t i = 0; i < sv.n; i++) {
		if (yjs_sv_get(&sv, again.v[i].client) != again.v[i].clock)
			abort();
	}
	buf_clear(out);
}

/* A snapshot that a stranger made, of a document that has a little. */
static void
snapshot(struct bytes in, struct buf *out)
{
	static const uint8_t update[] = { 1, 1, 7, 0, 4, 1, 1, 't', 6, 'a', 0xf0, 0x9f, 0x98, 0x80, 'b', 0 };
	struct yjs_doc_options keep = { .keep_deleted = true };
	struct yjs_doc *d = yjs_doc_new(&keep);
	struct err e = { 0 };

	if (yjs_doc_apply(d, (struct bytes){ update, sizeof(update) }, &yjs_limits_all, NULL, &e) != 0)
		abort();
	if (yjs_doc_at(d, in, out, &e) == 0 && yjs_validate(buf_bytes(out), &yjs_limits_all, NULL, &e) != 0)
		abort();
	buf_clear(out);
	yjs_doc_free(d);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = { data, size };
	struct arena *a = arena_new(1024);
	struct buf out = { 0 };

	messages(in, &out);
	awareness(a, in, &out);
	state_vector(a, in, &out);
	snapshot(in, &out);
	buf_free(&out);
	arena_free(a);
	return 0;
}
