/*
 * dice.h - chance, repeatable by its seed.
 */
#ifndef FUZZ_DICE_H
#define FUZZ_DICE_H

#include <stdbool.h>
#include <stdint.h>

struct dice {
	uint64_t state;
};

/* Source: splitmix64, Vigna, https://prng.di.unimi.it/splitmix64.c */
static inline uint64_t
dice_throw(struct dice *d)
{
	uint64_t z = d->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* One of 0 .. n-1; 0 where n is 0. */
static inline uint64_t
dice_below(struct dice *d, uint64_t n)
{
	return n == 0 ? 0 : dice_throw(d) % n;
}

/* Once in n times. */
static inline bool
dice_once_in(struct dice *d, uint64_t n)
{
	return dice_below(d, n) == 0;
}

/* A number near `near`, or one at which readers go wrong. */
uint64_t dice_number(struct dice *d, uint64_t near);

#endif
