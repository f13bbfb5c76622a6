/*
 * cache.h - what was compiled before: a folder of entries, bounded in bytes; what was not used longest goes first.
 *
 * An entry is the program and what the compiler said beside it, under a key that stands for all that it was made of. It
 * appears whole or not at all, and carries a sum: one that was cut or changed is removed and not believed. Any number
 * of threads and runners may use a folder. A cache that cannot be read or written only makes things slower.
 */
#ifndef RUNNER_CACHE_H
#define RUNNER_CACHE_H

#include "buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CACHE_KEY 64u			/* lower-case hexadecimal digits */
#define CACHE_BYTES (INT64_C(256) << 20)
#define CACHE_ARTIFACT_MAX (32u << 20)	/* bytes of one program */

struct cache_entry {
	struct bytes said, artifact;
};

/* A file's bytes as an entry of this key; what *out then holds points into them. False: it is not to be believed. */
bool cache_parse(const uint8_t *data, size_t len, const char *key, struct cache_entry *out);

/* The program in a new memfd and, appended to *said, the compiler's words. -1: there is none. */
int cache_get(const char *dir, const char *key, struct buf *said);

/* Keeps an entry, and removes others until the folder is within its bytes. */
void cache_put(const char *dir, const char *key, const struct cache_entry *e);

#endif
