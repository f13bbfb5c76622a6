/*
 * diff.c - what of an update a peer lacks. Source: diffUpdate of yjs src/utils/updates.js.
 */
#include "lazy.h"

/* Writes the structs of the update that reach beyond the state vector. */
static void
diff_structs(struct ywalk *w, const struct yjs_sv *sv, struct ylazy *out)
{
	struct yblock b;
	uint64_t client = UINT64_MAX;
	uint32_t known = 0;
	bool writing = false;

	while (ywalk_struct(w, &b)) {
		if (b.client != client) {
			client = b.client;
			known = yjs_sv_get(sv, client);
			writing = false;
		}
		if (writing) {
			ylazy_write(out, &b, 0);
		} else if (b.ref != REF_SKIP && yblock_end(&b) > known) {
			ylazy_write(out, &b, known > b.clock ? known - b.clock : 0);
			writing = true;
		}
	}
}

int
yjs_diff(struct buf *out, struct bytes update, struct bytes sv, const struct yjs_limits *lim,
    struct err *e)
{
	struct arena *a = arena_new(1024);
	struct yjs_sv known;
	struct ylazy lazy = { 0 };
	struct ydset deletes = { 0 };
	struct ywalk w;
	struct yjs_range d;
	int result = yjs_sv_decode(a, sv, 0, &known, e);

	if (result == 0) {
		ywalk_open(&w, update, lim);
		diff_structs(&w, &known, &lazy);
		while (ywalk_delete(&w, &d))
			ydset_add(&deletes, d.client, d.start, d.end);
		result = ywalk_close(&w, e);
	}
	if (result == 0)
		ylazy_finish(&lazy, &deletes, out);
	ylazy_free(&lazy);
	ydset_free(&deletes);
	arena_free(a);
	return result;
}
