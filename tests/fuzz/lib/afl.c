/*
 * afl.c - a target's mutator as AFL++ wants it: linked with the target into a shared object that afl-fuzz loads
 * (AFL_CUSTOM_MUTATOR_LIBRARY). AFL++ mutates bytes besides.
 *
 * Source of the interface: docs/custom_mutators.md of AFL++ 4.
 */
#include "mutate.h"

#include <stdlib.h>
#include <string.h>

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);

struct afl_mutator {
	struct dice dice;
	uint8_t *out;
	size_t cap;
};

void *afl_custom_init(void *afl, unsigned seed);
size_t afl_custom_fuzz(struct afl_mutator *m, uint8_t *in, size_t size, uint8_t **out, uint8_t *other,
    size_t other_size, size_t max);
void afl_custom_deinit(struct afl_mutator *m);

void *
afl_custom_init(void *afl, unsigned seed)
{
	struct afl_mutator *m = calloc(1, sizeof(*m));

	(void)afl;
	if (m != NULL)
		m->dice.state = seed;
	return m;
}

/* 0 says that there is no memory: the input is passed over. */
size_t
afl_custom_fuzz(struct afl_mutator *m, uint8_t *in, size_t size, uint8_t **out, uint8_t *other, size_t other_size,
    size_t max)
{
	(void)other;
	(void)other_size;
	if (m->cap < max) {
		uint8_t *more = realloc(m->out, max);
		if (more == NULL)
			return 0;
		m->out = more;
		m->cap = max;
	}
	memcpy(m->out, in, size < max ? size : max);
	*out = m->out;
	return LLVMFuzzerCustomMutator(m->out, size < max ? size : max, max, (unsigned)dice_throw(&m->dice));
}

void
afl_custom_deinit(struct afl_mutator *m)
{
	free(m->out);
	free(m);
}
