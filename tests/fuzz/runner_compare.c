/*
 * runner_compare.c - two texts, compared in place and by another way: normalised copies.
 *
 * The input is cut in two at its first byte 0xff; each half lies in memory of exactly its size.
 */
#include "../../runner/daemon/compare.c"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct copy {
	uint8_t *data;
	size_t len;
};

/* Letter by letter: at each line's end what is blank goes, in the end empty lines go. */
static struct copy
normalised(const uint8_t *data, size_t size)
{
	struct copy c = { malloc(size + 1), 0 };

	if (c.data == NULL)
		abort();
	for (size_t i = 0; i <= size; i++) {
		if (i < size && data[i] != '\n') {
			c.data[c.len++] = data[i];
			continue;
		}
		while (c.len > 0 && c.data[c.len - 1] != '\n' && memchr(" \t\r\f\v", c.data[c.len - 1], 5) != NULL)
			c.len--;
		if (i < size)
			c.data[c.len++] = '\n';
	}
	while (c.len > 0 && c.data[c.len - 1] == '\n')
		c.len--;
	return c;
}

static uint8_t *
exactly(const uint8_t *data, size_t size)
{
	uint8_t *p = malloc(size > 0 ? size : 1);

	if (p == NULL)
		abort();
	memcpy(p, data, size);
	return p;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *cut = size > 0 ? memchr(data, 0xff, size) : NULL;
	size_t alen = cut != NULL ? (size_t)(cut - data) : size, blen = cut != NULL ? size - alen - 1 : 0;
	uint8_t *a = exactly(data, alen), *b = exactly(data + size - blen, blen);
	struct copy x = normalised(a, alen), y = normalised(b, blen);
	bool same = x.len == y.len && memcmp(x.data, y.data, x.len) == 0;

	if ((compare_lines(a, alen, b, blen) == 0) != same)
		abort();
	if (compare_lines(a, alen, b, blen) != compare_lines(b, blen, a, alen) || compare_lines(a, alen, a, alen) != 0)
		abort();
	if (compare_lines(a, alen, x.data, x.len) != 0)
		abort();
	free(a);
	free(b);
	free(x.data);
	free(y.data);
	return 0;
}
