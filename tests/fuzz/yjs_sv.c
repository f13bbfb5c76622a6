/*
 * yjs_sv.c - state vectors and snapshots, which end in one.
 *
 * A state vector that is read and written again says the same. A document that is asked for what somebody with that
 * state vector lacks, or for how it was at that snapshot, answers with a valid update.
 */
#include "mutate.h"
#include "sound.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
mutate_either(struct dice *d, struct bytes in, struct buf *out)
{
	if (dice_once_in(d, 3))
		mutate_snapshot(d, in, out);
	else
		mutate_sv(d, in, out);
}

MUTATES(mutate_either)

/* A text of two clients with a pair of surrogates and a hole. */
static struct yjs_doc *
little_document(void)
{
	static const uint8_t update[] = { 2, 2, 7, 0, 4, 1, 1, 't', 6, 'a', 0xf0, 0x9f, 0x98, 0x80, 'b',
		0x84, 7, 3, 2, 'c', 'd', 1, 1, 0, 0xc4, 7, 0, 7, 1, 1, 'x', 1, 7, 1, 4, 1 };
	struct yjs_doc_options keep = { .keep_deleted = true };
	struct yjs_doc *d = yjs_doc_new(&keep);
	struct err e = { 0 };

	must(yjs_doc_apply(d, (struct bytes){ update, sizeof(update) }, &yjs_limits_all, NULL, &e) == 0);
	must(yjs_doc_waiting(d) == 0);
	return d;
}

static void
state_vector(const struct yjs_doc *d, struct bytes in, struct buf *out)
{
	struct arena *a = arena_new(1024);
	struct yjs_sv sv, again;
	struct buf update = { 0 };
	struct err e = { 0 };

	if (yjs_sv_decode(a, in, 0, &sv, &e) == 0) {
		yjs_sv_encode(out, &sv);
		must(yjs_sv_decode(a, buf_bytes(out), 0, &again, &e) == 0 && again.n == sv.n);
		buf_clear(out);
		for (size_t i = 0; i < sv.n; i++)
			must(yjs_sv_get(&sv, again.v[i].client) == again.v[i].clock);
		yjs_doc_encode(d, &sv, out);
		must_be_valid(out);
		yjs_doc_encode(d, NULL, &update);
		must(yjs_diff(out, buf_bytes(&update), in, &yjs_limits_all, &e) == 0);
		must_be_valid(out);
	}
	buf_free(&update);
	arena_free(a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = { data, size };
	struct yjs_doc *d = little_document();
	struct buf out = { 0 };
	struct err e = { 0 };

	state_vector(d, in, &out);
	if (yjs_doc_at(d, in, &out, &e) == 0)
		must_be_valid(&out);
	buf_free(&out);
	yjs_doc_free(d);
	return 0;
}
