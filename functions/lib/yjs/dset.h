/*
 * dset.h - delete sets: which clocks of which clients are deleted.
 */
#ifndef YJS_DSET_H
#define YJS_DSET_H

#include "rd.h"
#include "yjs.h"

/* All zero is empty and ready; ydset_free() gives the memory back. */
struct ydset {
	struct yjs_range *v;
	size_t n, cap;
	bool sorted;	/* descending client, ascending clock, neighbours joined; ydset_sort() makes it so */
};

void ydset_add(struct ydset *s, uint64_t client, uint32_t start, uint32_t end);
void ydset_sort(struct ydset *s);
void ydset_write(struct buf *out, struct ydset *s);	/* sorts first, as yjs does */
bool ydset_has(const struct ydset *s, uint64_t client, uint32_t clock);	/* of a sorted one */
void ydset_free(struct ydset *s);

#endif
