/*
 * walk.c - an update from its first byte to its last.
 */
#include "block.h"

#include <stdlib.h>

const struct yjs_limits yjs_limits_all = { .types = 0x7f, .docs = true };
const struct yjs_limits yjs_limits_plain = {
	.bytes = 16 << 20, .clients = 4096, .sub_len = 256, .depth = 64,
	.types = 1u << YJS_TEXT | 1u << YJS_MAP | 1u << YJS_ARRAY,
};

void
yidset_add(struct yidset *s, uint64_t id)
{
	if (s->ids.len > 0 && id >= s->last)
		s->mixed = true;
	s->last = id;
	buf_add(&s->ids, &id, sizeof(id));
}

static int
compare_ids(const void *a, const void *b)
{
	uint64_t x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return x < y ? -1 : x > y;
}

bool
yidset_repeats(struct yidset *s)
{
	uint64_t *v = (uint64_t *)(void *)s->ids.data;
	size_t n = s->ids.len / sizeof(*v);
	bool found = false;

	if (s->mixed) {
		qsort(v, n, sizeof(*v), compare_ids);
		for (size_t i = 1; i < n && !found; i++)
			found = v[i] == v[i - 1];
	}
	buf_free(&s->ids);
	*s = (struct yidset){ 0 };
	return found;
}

void
ywalk_open(struct ywalk *w, struct bytes update, const struct yjs_limits *lim)
{
	*w = (struct ywalk){ .rd = yrd_new(update), .lim = lim };
	if (update.len > YJS_UPDATE_MAX || (lim->bytes != 0 && update.len > lim->bytes)) {
		yrd_limit(&w->rd, "more bytes than are taken here");
		return;
	}
	w->sections = yrd_count(&w->rd, 3);
	if (lim->clients != 0 && w->sections > lim->clients)
		yrd_limit(&w->rd, "more clients than are taken here");
	w->info.clients = (uint32_t)w->sections;
}

/* The client of a section that begins; remembered if there are others to compare it with. */
static void
section_client(struct ywalk *w)
{
	w->client = yrd_uint(&w->rd);
	if (w->sections > 0 || w->seen.ids.len > 0)
		yidset_add(&w->seen, w->client);
	if (w->sections == 0 && yidset_repeats(&w->seen))
		yrd_fail(&w->rd, "two sections of one client");
}

static bool
struct_section(struct ywalk *w)
{
	if (w->sections == 0)
		return false;
	w->sections--;
	w->left = yrd_count(&w->rd, 2);
	if (w->left == 0)
		yrd_fail(&w->rd, "a section without structs");
	w->info.structs += (uint32_t)w->left;
	if (w->lim->structs != 0 && w->info.structs > w->lim->structs)
		yrd_limit(&w->rd, "more structs than are taken here");
	section_client(w);
	uint64_t clock = yrd_uint(&w->rd);
	if (clock >= YJS_CLOCK_MAX)
		yrd_fail(&w->rd, "a clock above 2^31-1");
	w->clock = (uint32_t)clock;
	return w->rd.bad == NULL;
}

bool
ywalk_struct(struct ywalk *w, struct yblock *b)
{
	if (w->rd.bad != NULL || (w->left == 0 && !struct_section(w)))
		return false;
	w->left--;
	yblock_read(&w->rd, w->lim, w->client, w->clock, b);
	if (w->rd.bad != NULL)
		return false;
	if (b->ref == REF_SKIP) {
		w->info.skips++;
		if (w->lim->no_skips)
			yrd_fail(&w->rd, "a gap, which this message cannot have");
	}
	w->clock += b->len;
	return w->rd.bad == NULL;
}

static void
open_deletes(struct ywalk *w)
{
	w->deletes = true;
	w->sections = yrd_count(&w->rd, 4);
	if (w->lim->clients != 0 && w->sections > w->lim->clients)
		yrd_limit(&w->rd, "more clients than are taken here");
}

static bool
delete_section(struct ywalk *w)
{
	if (!w->deletes)
		open_deletes(w);
	if (w->rd.bad != NULL || w->sections == 0)
		return false;
	w->sections--;
	section_client(w);
	w->left = yrd_count(&w->rd, 2);
	if (w->left == 0)
		yrd_fail(&w->rd, "a client without deletes");
	w->info.deletes += (uint32_t)w->left;
	return w->rd.bad == NULL;
}

bool
ywalk_delete(struct ywalk *w, struct yjs_range *d)
{
	if (w->rd.bad != NULL || (w->left == 0 && !delete_section(w)))
		return false;
	w->left--;
	uint64_t clock = yrd_uint(&w->rd), len = yrd_uint(&w->rd);
	if (len == 0)
		yrd_fail(&w->rd, "a delete without length");
	else if (clock >= YJS_CLOCK_MAX || len > YJS_CLOCK_MAX - clock)
		yrd_fail(&w->rd, "a clock above 2^31-1");
	*d = (struct yjs_range){ w->client, (uint32_t)clock, (uint32_t)(clock + len) };
	return w->rd.bad == NULL;
}

int
ywalk_close(struct ywalk *w, struct err *e)
{
	buf_free(&w->seen.ids);
	if (w->rd.bad == NULL && yrd_left(&w->rd) > 0)
		yrd_fail(&w->rd, "bytes behind the end");
	if (w->rd.bad != NULL)
		return yrd_error(&w->rd, "update", e);
	w->info.empty = w->info.structs == 0 && w->info.deletes == 0;
	return 0;
}
