/*
 * rd.h - the reader of lib0's encoding, and its writer.
 *
 * A reader goes bad once, keeps the first complaint and its place, and from then on is at its end
 * and yields zeros: a decoder checks once, when it is done. Numbers are LEB128 of at most 53 bits
 * in their shortest form.
 */
#ifndef YJS_RD_H
#define YJS_RD_H

#include "buf.h"
#include "err.h"

#include <stdbool.h>
#include <string.h>

struct yrd {
	const uint8_t *p, *end;
	const uint8_t *start;
	const char *bad;	/* the first complaint, or NULL */
	size_t bad_at;
	bool too_large;		/* the complaint is about a limit */
};

static inline struct yrd
yrd_new(struct bytes b)
{
	return (struct yrd){ .p = b.data, .end = b.data == NULL ? NULL : b.data + b.len, .start = b.data };
}

static inline size_t
yrd_left(const struct yrd *r)
{
	return (size_t)(r->end - r->p);
}

void yrd_fail(struct yrd *r, const char *why);
void yrd_limit(struct yrd *r, const char *why);
int yrd_error(const struct yrd *r, const char *what, struct err *e);
uint64_t yrd_uint_long(struct yrd *r);

static inline uint64_t
yrd_uint(struct yrd *r)
{
	if (r->p < r->end && *r->p < 0x80)
		return *r->p++;
	return yrd_uint_long(r);
}

/* A number of things that take at least `each` bytes: no more of them than can follow. */
static inline uint64_t
yrd_count(struct yrd *r, size_t each)
{
	uint64_t n = yrd_uint(r);

	if (n > yrd_left(r) / each) {
		yrd_fail(r, "a count that the remaining bytes cannot hold");
		return 0;
	}
	return n;
}

static inline uint8_t
yrd_byte(struct yrd *r)
{
	if (r->p < r->end)
		return *r->p++;
	yrd_fail(r, "the end comes too early");
	return 0;
}

static inline struct bytes
yrd_take(struct yrd *r, uint64_t len)
{
	struct bytes b = { r->p, (size_t)len };

	if (len > yrd_left(r)) {
		yrd_fail(r, "the end comes too early");
		return (struct bytes){ r->p, 0 };
	}
	r->p += len;
	return b;
}

/* Length and bytes. */
static inline struct bytes
yrd_bytes(struct yrd *r)
{
	return yrd_take(r, yrd_uint(r));
}

struct bytes yrd_string(struct yrd *r);	/* the same, checked as UTF-8 */

/* Writes v to p and returns the byte behind it; at most 10 bytes. */
static inline uint8_t *
ywr_uint_at(uint8_t *p, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		*p++ = (uint8_t)(v | 0x80);
	*p++ = (uint8_t)v;
	return p;
}

static inline void
ywr_uint(struct buf *b, uint64_t v)
{
	uint8_t *p = buf_reserve(b, 10);

	b->len += (size_t)(ywr_uint_at(p, v) - p);
}

static inline void
ywr_bytes(struct buf *b, struct bytes s)
{
	ywr_uint(b, s.len);
	buf_add(b, s.data, s.len);
}

#endif
