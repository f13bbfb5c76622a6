/*
 * arena.h - memory that lives as long as a request or a job.
 *
 * What comes out of an arena is never freed by itself: it dies at arena_reset() or arena_free().
 * Allocation does not return NULL: a process that cannot get memory ends (abort, with errno as malloc(3) left it: a
 * worker still answers, lib/runtime/overdue.c), and its supervisor starts another; sizes are bounded where input
 * enters, not here.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena;

/* An arena whose first block holds `size` bytes; later blocks grow as needed. */
struct arena *arena_new(size_t size);

/* `size` bytes, aligned for any type, not initialised. */
void *arena_alloc(struct arena *a, size_t size) __attribute__((malloc, returns_nonnull));

/* `n` zeroed elements of `size` bytes; aborts where n * size overflows. */
void *arena_array(struct arena *a, size_t n, size_t size) __attribute__((malloc, returns_nonnull));

/* Copies, always ended by a NUL that is not counted. arena_strdup(NULL) is NULL. */
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t len);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Calls fn(arg) at the next reset or free; last deferred, first called. */
void arena_defer(struct arena *a, void (*fn)(void *), void *arg);

/* Runs what was deferred and forgets every allocation; keeps the first block for reuse. */
void arena_reset(struct arena *a);
void arena_free(struct arena *a);

/* Bytes handed out since the last reset. */
size_t arena_used(const struct arena *a);

#endif
