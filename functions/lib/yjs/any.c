/*
 * any.c - lib0's Any: a tag byte and its value (lib0 encoding.js, writeAny).
 *
 * Arrays and objects nest, so the open ones are kept on a small stack of what each still lacks;
 * the depth is bounded, the values are not read into memory.
 */
#include "value.h"

/* varInt: one byte of continuation, sign and six bits; then seven bits a byte. */
int64_t
yany_integer(struct yrd *r)
{
	uint8_t b = yrd_byte(r);
	bool negative = b & 0x40;
	uint64_t v = b & 0x3f;

	for (unsigned shift = 6; b & 0x80; shift += 7) {
		b = yrd_byte(r);
		if (shift > 48 || b == 0) {
			yrd_fail(r, "an integer that is too long");
			return 0;
		}
		v |= (uint64_t)(b & 0x7f) << shift;
	}
	if (v >> 53 != 0)
		yrd_fail(r, "an integer above 2^53");
	return negative ? -(int64_t)v : (int64_t)v;
}

static void
any_key(struct yrd *r)
{
	struct bytes key = yrd_string(r);

	/* yjs would lose it, and the two sides would then hold different values. */
	if (key.len == 9 && memcmp(key.data, "__proto__", 9) == 0)
		yrd_fail(r, "the key __proto__");
}

/* Reads a tag and what is not nested; returns how many values follow inside. */
static uint64_t
any_head(struct yrd *r, uint8_t tag)
{
	switch (tag) {
	case ANY_UNDEFINED: case ANY_NULL: case ANY_TRUE: case ANY_FALSE:
		return 0;
	case ANY_INTEGER:
		yany_integer(r);
		return 0;
	case ANY_FLOAT32:
		yrd_take(r, 4);
		return 0;
	case ANY_FLOAT64: case ANY_BIGINT:
		yrd_take(r, 8);
		return 0;
	case ANY_STRING:
		yrd_string(r);
		return 0;
	case ANY_BYTES:
		yrd_bytes(r);
		return 0;
	case ANY_ARRAY:
		return yrd_count(r, 1);
	case ANY_OBJECT:
		return yrd_count(r, 2);
	}
	yrd_fail(r, "a value of unknown type");
	return 0;
}

void
yany_skip(struct yrd *r, unsigned depth)
{
	struct { uint64_t left; bool object; } open[VALUE_DEPTH + 1];
	unsigned n = 0;

	do {
		while (n > 0 && open[n - 1].left == 0) {
			if (--n == 0)
				return;
		}
		if (n > 0) {
			open[n - 1].left--;
			if (open[n - 1].object)
				any_key(r);
		}
		uint8_t tag = yrd_byte(r);
		uint64_t inside = any_head(r, tag);
		if (tag != ANY_ARRAY && tag != ANY_OBJECT)
			continue;
		if (n >= depth || n >= VALUE_DEPTH) {
			yrd_limit(r, "a value nested too deep");
			return;
		}
		open[n].left = inside;
		open[n++].object = tag == ANY_OBJECT;
	} while (n > 0 && r->bad == NULL);
}
