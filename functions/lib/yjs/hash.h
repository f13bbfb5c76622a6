/*
 * hash.h - hashes that a stranger cannot aim: keyed by 128 random bits of this process.
 */
#ifndef YJS_HASH_H
#define YJS_HASH_H

#include "buf.h"

uint64_t yhash_int(uint64_t v);
uint64_t yhash_bytes(uint64_t start, struct bytes s);

#endif
