/*
 * lazy.h - writing an update struct by struct when the counts in front are known only at the end.
 *
 * Source: LazyStructWriter of yjs src/utils/updates.js. All zero is ready.
 */
#ifndef YJS_LAZY_H
#define YJS_LAZY_H

#include "block.h"
#include "dset.h"

struct ylazy {
	struct buf section;	/* the structs of the client now written */
	struct buf done;	/* the sections before, with their counts */
	uint64_t sections, structs, client;
	uint32_t start;
};

/* Appends b without its first `cut` units. Structs of a client come one after another. */
void ylazy_write(struct ylazy *w, const struct yblock *b, uint32_t cut);

/* The whole update to `out`, with the delete set; frees both. */
void ylazy_finish(struct ylazy *w, struct ydset *deletes, struct buf *out);
void ylazy_free(struct ylazy *w);

#endif
