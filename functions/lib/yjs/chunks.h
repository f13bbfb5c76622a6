/*
 * chunks.h - memory that dies with its document: chunks that grow from 4 KiB to 64 KiB.
 *
 * base/arena.h would do, but for two wishes: what was given last can grow in place, and a document
 * of a few KiB costs a few KiB.
 */
#ifndef YJS_CHUNKS_H
#define YJS_CHUNKS_H

#include <stddef.h>
#include <stdint.h>

struct pool {
	struct pool_chunk *chunks;
	uint8_t *p, *end;
	size_t next, total;
};

/* Not initialised. align is a power of two, at most 16. Never NULL: see base/arena.h. */
void *ypool_alloc(struct pool *p, size_t size, size_t align);

/* Whether `size` bytes more fit right behind `end`, which is where the last allocation ended. */
int ypool_grow(struct pool *p, const uint8_t *end, size_t size);
void ypool_free(struct pool *p);

#endif
