/*
 * yjs_awareness.c - who is present, as a stranger sends it. What is read and written again is the same bytes.
 */
#include "mutate.h"
#include "sound.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

MUTATES(mutate_awareness)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = { data, size };
	struct arena *a = arena_new(1024);
	struct yjs_presence *v;
	struct buf out = { 0 };
	struct err e = { 0 };
	size_t n;

	if (yjs_awareness_decode(a, in, 64, 4096, &v, &n, &e) == 0) {
		must(n <= 64);
		for (size_t i = 0; i < n; i++)
			must(v[i].state.len <= 4096 && v[i].client <= YJS_CLIENT_MAX);
		yjs_awareness_encode(&out, v, n);
		must(out.len == size && memcmp(out.data, data, size) == 0);
	}
	buf_free(&out);
	arena_free(a);
	return 0;
}
