/*
 * segment.h - a stretch of a document's log as bytes, for PostgreSQL and the object store.
 *
 * Never rewritten once stored: replay and restore read it. Records one after another, each
 *
 *	u64be  milliseconds since 1970  \ together the entry's id in the Redis stream
 *	u32be  sequence within them     /
 *	u8     length of participant, then its bytes
 *	u32be  length of update, then its bytes (Yjs update, v1)
 */
#ifndef DOCS_SEGMENT_H
#define DOCS_SEGMENT_H

#include "buf.h"

#include <stdbool.h>

struct segment_record {
	uint64_t ms;
	uint32_t seq;
	struct bytes participant, update;
};

/* Appends one record. A participant longer than 255 bytes is cut: ids are 22. */
void segment_add(struct buf *to, const struct segment_record *record);

/*
 * Takes the next record off the front of *from; views point into it. false at the end; at broken
 * bytes too, and then *from is not empty.
 */
bool segment_next(struct bytes *from, struct segment_record *record);

#endif
