/*
 * compare.c - see compare.h.
 *
 * Both sides are read a line at a time, in place. A side that has ended goes on with empty lines, so that trailing
 * ones need no rule of their own.
 */
#include "compare.h"

#include <stdbool.h>
#include <string.h>

struct lines {
	const uint8_t *at, *end;
};

struct line {
	const uint8_t *data;
	size_t len;		/* without the white space at its end */
};

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

static struct line
next_line(struct lines *l)
{
	const uint8_t *from = l->at, *end = from < l->end ? memchr(from, '\n', (size_t)(l->end - from)) : NULL;

	if (end == NULL)
		end = l->end;
	l->at = end < l->end ? end + 1 : end;
	while (end > from && is_blank(end[-1]))
		end--;
	return (struct line){ from, (size_t)(end - from) };
}

size_t
compare_lines(const uint8_t *expected, size_t expected_len, const uint8_t *got, size_t got_len)
{
	/* Nothing may be a NULL pointer, to which nothing may be added. */
	static const uint8_t none[1];
	struct lines a = { expected_len > 0 ? expected : none, (expected_len > 0 ? expected : none) + expected_len };
	struct lines b = { got_len > 0 ? got : none, (got_len > 0 ? got : none) + got_len };

	for (size_t n = 1; a.at < a.end || b.at < b.end; n++) {
		struct line x = next_line(&a), y = next_line(&b);
		if (x.len != y.len || memcmp(x.data, y.data, x.len) != 0)
			return n;
	}
	return 0;
}
