/*
 * mutate.c - what all mutators share; see mutate.h.
 */
#include "mutate.h"

#include <string.h>

/* libFuzzer's own; not there under AFL++, which mutates bytes by itself besides. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max) __attribute__((weak));

uint64_t
dice_number(struct dice *d, uint64_t near)
{
	static const uint64_t odd[] = { 0, 1, 2, 127, 128, 255, 16383, 16384, 65535, 0x7ffffffe, 0x7fffffff, 0x80000000,
		0xffffffff, 0x100000000, 0x1ffffffffffffe, 0x1fffffffffffff, 0x20000000000000 };

	switch (dice_below(d, 4)) {
	case 0: return odd[dice_below(d, sizeof(odd) / sizeof(*odd))];
	case 1: return dice_below(d, near + 4);
	default: return near + dice_below(d, 5) - (near < 2 ? near : 2);
	}
}

size_t
mutate_with(mutator *m, uint8_t *data, size_t size, size_t max, unsigned seed)
{
	struct dice d = { .state = seed };
	struct buf out = { 0 };

	if (LLVMFuzzerMutate != NULL && dice_once_in(&d, 8))
		return LLVMFuzzerMutate(data, size, max);
	m(&d, (struct bytes){ data, size }, &out);
	size_t len = out.len < max ? out.len : max;
	bool same = len == size && (len == 0 || memcmp(data, out.data, len) == 0);
	if (len > 0)
		memcpy(data, out.data, len);
	buf_free(&out);
	if (LLVMFuzzerMutate != NULL && (same || dice_once_in(&d, 16)))
		len = LLVMFuzzerMutate(data, len, max);
	return len;
}
