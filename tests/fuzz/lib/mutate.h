/*
 * mutate.h - changes to inputs that keep their structure.
 *
 * A mutator of bytes spends nearly all its inputs on counts and lengths that no longer fit, which a strict reader
 * refuses at once. These take the input apart as far as it can be read, change, repeat, move or drop whole parts of
 * it, and write it again with counts and lengths that fit, so that the next question is what the parts mean.
 *
 * A target says which one is its own with MUTATES(), which libFuzzer finds by name; AFL++ by way of afl.c.
 */
#ifndef FUZZ_MUTATE_H
#define FUZZ_MUTATE_H

#include "buf.h"
#include "dice.h"

/* Appends a changed `in` to `out`. */
typedef void mutator(struct dice *d, struct bytes in, struct buf *out);

mutator mutate_update, mutate_deletes /* of an update */, mutate_sv, mutate_snapshot, mutate_awareness, mutate_frames;

/* In place, as LLVMFuzzerCustomMutator; now and then it leaves the work to a mutator of bytes. */
size_t mutate_with(mutator *m, uint8_t *data, size_t size, size_t max, unsigned seed);

#define MUTATES(m)                                                                          \
	size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed); \
	size_t                                                                                 \
	LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)         \
	{                                                                                      \
		return mutate_with(m, data, size, max, seed);                                         \
	}

#endif
