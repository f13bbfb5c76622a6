/*
 * hash.c - see hash.h. The mixing step is the 64 x 64 -> 128 bit multiplication folded (as in
 * wyhash and Rust's hashers): fast, and with secret keys no collisions can be chosen beforehand.
 */
#include "hash.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static uint64_t keys[2];

static void
load_keys(void)
{
	/* 16 bytes come whole or not at all; without them the process must not hash strangers' keys. */
	if (getrandom(keys, sizeof(keys), 0) != sizeof(keys))
		abort();
	keys[0] |= 1;
	keys[1] |= 1;
}

static uint64_t
mix(uint64_t a, uint64_t b)
{
	__extension__ unsigned __int128 m = (unsigned __int128)a * b;

	return (uint64_t)m ^ (uint64_t)(m >> 64);
}

uint64_t
yhash_int(uint64_t v)
{
	if (keys[0] == 0)
		load_keys();
	return mix(v ^ keys[0], keys[1]);
}

uint64_t
yhash_bytes(uint64_t start, struct bytes s)
{
	uint64_t h = yhash_int(start ^ s.len), w;
	size_t i = 0;

	for (; i + 8 <= s.len; i += 8) {
		memcpy(&w, s.data + i, 8);
		h = mix(h ^ w, keys[1]);
	}
	w = 0;
	if (i < s.len)
		memcpy(&w, s.data + i, s.len - i);
	return mix(h ^ w, keys[0] ^ keys[1]);
}
