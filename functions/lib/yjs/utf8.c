/*
 * utf8.c - see utf8.h. Ranges of second bytes: Unicode 15, table 3-7.
 */
#include "utf8.h"

#include <string.h>

#define HIGH_BITS UINT64_C(0x8080808080808080)

static size_t
ascii_prefix(const uint8_t *p, size_t len)
{
	size_t i = 0;

	for (; i + 8 <= len; i += 8) {
		uint64_t w;
		memcpy(&w, p + i, 8);
		if (w & HIGH_BITS)
			break;
	}
	while (i < len && p[i] < 0x80)
		i++;
	return i;
}

/* Length of the character at p, 0 if there is none. */
static size_t
character(const uint8_t *p, size_t left)
{
	uint8_t a = p[0], low = 0x80, high = 0xbf;
	size_t n = a < 0x80 ? 1 : a >= 0xc2 && a <= 0xdf ? 2 : (a & 0xf0) == 0xe0 ? 3
	    : a >= 0xf0 && a <= 0xf4 ? 4 : 0;

	if (n <= 1 || n > left)
		return n == 1 ? 1 : 0;
	if (a == 0xe0)
		low = 0xa0;
	else if (a == 0xed)
		high = 0x9f;
	else if (a == 0xf0)
		low = 0x90;
	else if (a == 0xf4)
		high = 0x8f;
	if (p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	}
	return n;
}

bool
yutf8_measure(struct bytes s, struct ytext_measure *m)
{
	size_t i = ascii_prefix(s.data, s.len);
	uint32_t units = (uint32_t)i;

	m->ascii = i == s.len;
	while (i < s.len) {
		size_t n = character(s.data + i, s.len - i);
		if (n == 0)
			return false;
		i += n;
		units += n == 4 ? 2 : 1;
	}
	m->units = units;
	return true;
}

size_t
yutf8_offset(struct bytes s, uint32_t units, bool *half)
{
	size_t i = 0;

	*half = false;
	while (units > 0 && i < s.len) {
		uint8_t a = s.data[i];
		if (a >= 0xf0 && units == 1) {
			*half = true;
			break;
		}
		units -= a >= 0xf0 ? 2 : 1;
		i += a < 0x80 ? 1 : a < 0xe0 ? 2 : a < 0xf0 ? 3 : 4;
	}
	return i;
}
