/*
 * yany_json.c - lib0's Any shown as JSON, the way JSON.stringify does.
 */
#include "value.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t
big_endian(struct bytes b)
{
	uint64_t v = 0;

	for (size_t i = 0; i < b.len; i++)
		v = v << 8 | b.data[i];
	return v;
}

/* Digits and a decimal point after the first n of them, laid out as ECMAScript 6.1.6.1.20 says. */
static void
digits_json(struct buf *out, const char *digits, int n)
{
	int k = (int)strlen(digits);

	if (k <= n && n <= 21)
		buf_printf(out, "%s%.*s", digits, n - k, "000000000000000000000");
	else if (n > 0 && n <= 21)
		buf_printf(out, "%.*s.%s", n, digits, digits + n);
	else if (n > -6 && n <= 0)
		buf_printf(out, "0.%.*s%s", -n, "000000", digits);
	else if (k == 1)
		buf_printf(out, "%se%+d", digits, n - 1);
	else
		buf_printf(out, "%c.%se%+d", digits[0], digits + 1, n - 1);
}

/* A number as JavaScript prints it: the fewest digits that give it back; null if not finite. */
static void
number_json(struct buf *out, double d)
{
	char s[40], digits[40];
	int precision = 0, n = 0;

	if (!isfinite(d)) {
		buf_str(out, "null");
		return;
	}
	if (d == 0) {
		buf_byte(out, '0');	/* -0 too */
		return;
	}
	do
		snprintf(s, sizeof(s), "%.*e", precision, d);
	while (strtod(s, NULL) != d && ++precision < 17);
	const char *p = s + (s[0] == '-');
	for (; *p != 'e'; p++) {
		if (*p != '.')
			digits[n++] = *p;
	}
	while (n > 1 && digits[n - 1] == '0')
		n--;
	digits[n] = '\0';
	if (d < 0)
		buf_byte(out, '-');
	digits_json(out, digits, atoi(p + 1) + 1);
}

static void
float32_json(struct buf *out, struct bytes b)
{
	uint32_t bits = (uint32_t)big_endian(b);
	float f;

	memcpy(&f, &bits, 4);
	number_json(out, (double)f);
}

static void
float64_json(struct buf *out, struct bytes b)
{
	uint64_t bits = big_endian(b);
	double d;

	memcpy(&d, &bits, 8);
	number_json(out, d);
}

/* Bytes as JSON.stringify shows a Uint8Array: {"0":1,"1":2}. */
void
yany_bytes_json(struct buf *out, struct bytes b)
{
	buf_byte(out, '{');
	for (size_t i = 0; i < b.len; i++)
		buf_printf(out, "%s\"%zu\":%u", i > 0 ? "," : "", i, b.data[i]);
	buf_byte(out, '}');
}

static void
scalar_json(struct buf *out, struct yrd *r, uint8_t tag)
{
	switch (tag) {
	case ANY_TRUE:
		buf_str(out, "true");
		break;
	case ANY_FALSE:
		buf_str(out, "false");
		break;
	case ANY_INTEGER:
		buf_printf(out, "%" PRId64, yany_integer(r));
		break;
	case ANY_FLOAT32:
		float32_json(out, yrd_take(r, 4));
		break;
	case ANY_FLOAT64:
		float64_json(out, yrd_take(r, 8));
		break;
	case ANY_BIGINT:
		buf_printf(out, "%" PRId64, (int64_t)big_endian(yrd_take(r, 8)));
		break;
	case ANY_STRING:
		yjson_string(out, yrd_bytes(r));
		break;
	case ANY_BYTES:
		yany_bytes_json(out, yrd_bytes(r));
		break;
	default:
		buf_str(out, "null");
	}
}

/* Reads a member's key; and its value too, if that is undefined: JSON leaves such members out. */
static bool
undefined_member(struct yrd *r, struct bytes *key)
{
	*key = yrd_bytes(r);
	if (yrd_left(r) == 0 || *r->p != ANY_UNDEFINED)
		return false;
	r->p++;
	return true;
}

void
yany_json(struct buf *out, struct yrd *r)
{
	struct { uint64_t left; bool object, first; } open[VALUE_DEPTH + 1];
	unsigned n = 0;

	do {
		while (n > 0 && open[n - 1].left == 0) {
			buf_byte(out, open[--n].object ? '}' : ']');
			if (n == 0)
				return;
		}
		if (n > 0) {
			open[n - 1].left--;
			struct bytes key = { 0 };
			if (open[n - 1].object && undefined_member(r, &key))
				continue;
			if (!open[n - 1].first)
				buf_byte(out, ',');
			open[n - 1].first = false;
			if (open[n - 1].object) {
				yjson_string(out, key);
				buf_byte(out, ':');
			}
		}
		uint8_t tag = yrd_byte(r);
		if (tag != ANY_ARRAY && tag != ANY_OBJECT) {
			scalar_json(out, r, tag);
			continue;
		}
		if (n == VALUE_DEPTH)
			return;
		buf_byte(out, tag == ANY_OBJECT ? '{' : '[');
		open[n].left = yrd_uint(r);
		open[n].object = tag == ANY_OBJECT;
		open[n++].first = true;
	} while (n > 0 && r->bad == NULL);
}
