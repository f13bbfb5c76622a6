/*
 * arena.c - see arena.h.
 *
 * A chain of blocks, newest first; each allocation is cut from the newest, and one too large for
 * the usual block gets a block of its own. Deferred calls are records inside the arena itself.
 */
#include "arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALIGN _Alignof(max_align_t)

struct block {
	struct block *next;
	size_t size, used;
	_Alignas(max_align_t) unsigned char bytes[];
};

struct deferred {
	struct deferred *next;
	void (*fn)(void *);
	void *arg;
};

struct arena {
	struct block *blocks;	/* newest first; the last one is kept over a reset */
	struct deferred *deferred;
	size_t used;
};

static struct block *
block_new(struct block *next, size_t size)
{
	struct block *b = size <= SIZE_MAX - sizeof(*b) ? malloc(sizeof(*b) + size) : NULL;

	if (b == NULL)
		abort();
	b->next = next;
	b->size = size;
	b->used = 0;
	return b;
}

struct arena *
arena_new(size_t size)
{
	struct arena *a = calloc(1, sizeof(*a));

	if (a == NULL)
		abort();
	a->blocks = block_new(NULL, size < 64 ? 64 : size);
	return a;
}

void *
arena_alloc(struct arena *a, size_t size)
{
	struct block *b = a->blocks;

	if (size > SIZE_MAX / 2)
		abort();
	size = (size + ALIGN - 1) & ~(ALIGN - 1);
	if (size > b->size - b->used) {
		size_t next = b->size < 1 << 20 ? b->size * 2 : b->size;
		b = a->blocks = block_new(b, size > next ? size : next);
	}
	void *p = b->bytes + b->used;
	b->used += size;
	a->used += size;
	return p;
}

void *
arena_array(struct arena *a, size_t n, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(n, size, &total))
		abort();
	void *p = arena_alloc(a, total);
	memset(p, 0, total);
	return p;
}

char *
arena_strndup(struct arena *a, const char *s, size_t len)
{
	char *copy = arena_alloc(a, len + 1);

	if (len > 0)
		memcpy(copy, s, len);
	copy[len] = '\0';
	return copy;
}

char *
arena_strdup(struct arena *a, const char *s)
{
	return s == NULL ? NULL : arena_strndup(a, s, strlen(s));
}

/* Written at once where the text will stand; only one that does not fit there is measured first. */
char *
arena_printf(struct arena *a, const char *fmt, ...)
{
	struct block *b = a->blocks;
	size_t room = b->size - b->used;
	va_list ap;

	va_start(ap, fmt);
	int len = vsnprintf((char *)b->bytes + b->used, room, fmt, ap);
	va_end(ap);
	if (len < 0)
		abort();
	char *s = arena_alloc(a, (size_t)len + 1);
	if (a->blocks == b)
		return s;
	va_start(ap, fmt);
	vsnprintf(s, (size_t)len + 1, fmt, ap);
	va_end(ap);
	return s;
}

void
arena_defer(struct arena *a, void (*fn)(void *), void *arg)
{
	struct deferred *d = arena_alloc(a, sizeof(*d));

	d->next = a->deferred;
	d->fn = fn;
	d->arg = arg;
	a->deferred = d;
}

void
arena_reset(struct arena *a)
{
	while (a->deferred != NULL) {
		struct deferred *d = a->deferred;
		a->deferred = d->next;
		d->fn(d->arg);
	}
	while (a->blocks->next != NULL) {
		struct block *b = a->blocks;
		a->blocks = b->next;
		free(b);
	}
	a->blocks->used = 0;
	a->used = 0;
}

void
arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	arena_reset(a);
	free(a->blocks);
	free(a);
}

size_t
arena_used(const struct arena *a)
{
	return a->used;
}
