/*
 * lazy.c - see lazy.h.
 */
#include "lazy.h"

static void
flush(struct ylazy *w)
{
	if (w->structs == 0)
		return;
	ywr_uint(&w->done, w->structs);
	ywr_uint(&w->done, w->client);
	ywr_uint(&w->done, w->start);
	buf_add(&w->done, w->section.data, w->section.len);
	buf_clear(&w->section);
	w->sections++;
	w->structs = 0;
}

void
ylazy_write(struct ylazy *w, const struct yblock *b, uint32_t cut)
{
	if (w->structs > 0 && w->client != b->client)
		flush(w);
	if (w->structs++ == 0) {
		w->client = b->client;
		w->start = b->clock + cut;
	}
	yblock_write(&w->section, b, cut);
}

void
ylazy_finish(struct ylazy *w, struct ydset *deletes, struct buf *out)
{
	flush(w);
	buf_reserve(out, w->done.len + 16 + deletes->n * 8);
	ywr_uint(out, w->sections);
	buf_add(out, w->done.data, w->done.len);
	ydset_write(out, deletes);
	ylazy_free(w);
	ydset_free(deletes);
}

void
ylazy_free(struct ylazy *w)
{
	buf_free(&w->section);
	buf_free(&w->done);
	*w = (struct ylazy){ 0 };
}
