/*
 * yjs_sync.c - y-protocols messages, each answered as a server does: a state vector with what its sender lacks, an
 * update by taking it into the document, presence by passing it on.
 *
 * Messages that are read and written again are the same bytes; whatever came, the document is sound and its answers
 * are valid.
 */
#include "mutate.h"
#include "sound.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

MUTATES(mutate_frames)

static void
answer(struct yjs_doc *d, const struct yjs_frame *f, struct buf *out)
{
	struct arena *a = arena_new(1024);
	struct yjs_presence *v;
	struct yjs_applied did;
	struct yjs_sv sv;
	struct err e = { 0 };
	size_t n;

	switch (f->kind) {
	case YJS_SYNC_STEP1:
		if (yjs_sv_decode(a, f->payload, 4096, &sv, &e) == 0) {
			yjs_doc_encode(d, &sv, out);
			must_be_valid(out);
		}
		break;
	case YJS_SYNC_STEP2:
	case YJS_SYNC_UPDATE:
		if (yjs_doc_apply(d, f->payload, &yjs_limits_plain, &did, &e) == 0)
			must(did.waiting <= d->opt.pending);
		if (!d->broken)
			must_be_sound(d);
		break;
	case YJS_AWARENESS:
		if (yjs_awareness_decode(a, f->payload, 64, 4096, &v, &n, &e) == 0) {
			yjs_awareness_encode(out, v, n);
			must(out->len == f->payload.len && memcmp(out->data, f->payload.data, out->len) == 0);
			buf_clear(out);
		}
		break;
	default:
		break;
	}
	arena_free(a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct yjs_doc_options opt = { .pending = 1 << 14, .work = 1 << 20 };
	struct yjs_doc *d = yjs_doc_new(&opt);
	struct bytes rest = { data, size };
	struct buf out = { 0 }, again = { 0 };
	struct yjs_frame f;
	struct err e = { 0 };
	int more;

	while ((more = yjs_frame_next(&rest, &f, &e)) == 1) {
		yjs_frame_write(&again, f.kind, f.payload);
		if (!d->broken)
			answer(d, &f, &out);
	}
	must(again.len == size - rest.len && (again.len == 0 || memcmp(again.data, data, again.len) == 0));
	buf_free(&again);
	buf_free(&out);
	yjs_doc_free(d);
	return 0;
}
