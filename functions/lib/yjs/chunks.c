/*
 * chunks.c - see chunks.h.
 */
#include "chunks.h"

#include <stdlib.h>

#define CHUNK_MIN ((size_t)4 << 10)
#define CHUNK_MAX ((size_t)64 << 10)
#define MALLOC_HEAD 16		/* what malloc adds, so that a chunk fills whole pages */

struct pool_chunk {
	struct pool_chunk *next;
	_Alignas(16) uint8_t bytes[];
};

static void
more(struct pool *p, size_t size)
{
	size_t want = p->next == 0 ? CHUNK_MIN : p->next;
	size_t room = want - MALLOC_HEAD - sizeof(struct pool_chunk);
	size_t all = sizeof(struct pool_chunk) + (size > room ? size : room);
	struct pool_chunk *c = malloc(all);

	if (c == NULL)
		abort();
	p->next = want < CHUNK_MAX ? want * 2 : want;
	c->next = p->chunks;
	p->chunks = c;
	p->p = c->bytes;
	p->end = (uint8_t *)c + all;
	p->total += all;
}

void *
ypool_alloc(struct pool *p, size_t size, size_t align)
{
	uintptr_t at = ((uintptr_t)p->p + align - 1) & ~(uintptr_t)(align - 1);

	if (p->p == NULL || at > (uintptr_t)p->end || size > (uintptr_t)p->end - at) {
		more(p, size);
		at = (uintptr_t)p->p;
	}
	p->p = (uint8_t *)at + size;
	return (void *)at;
}

int
ypool_grow(struct pool *p, const uint8_t *end, size_t size)
{
	if (end != p->p || size > (size_t)(p->end - p->p))
		return 0;
	p->p += size;
	return 1;
}

void
ypool_free(struct pool *p)
{
	while (p->chunks != NULL) {
		struct pool_chunk *c = p->chunks;
		p->chunks = c->next;
		free(c);
	}
	*p = (struct pool){ 0 };
}
