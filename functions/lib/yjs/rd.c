/*
 * rd.c - see rd.h.
 */
#include "rd.h"

#include "utf8.h"

void
yrd_fail(struct yrd *r, const char *why)
{
	if (r->bad == NULL) {
		r->bad = why;
		r->bad_at = (size_t)(r->p - r->start);
	}
	r->p = r->end;
}

void
yrd_limit(struct yrd *r, const char *why)
{
	if (r->bad == NULL)
		r->too_large = true;
	yrd_fail(r, why);
}

int
yrd_error(const struct yrd *r, const char *what, struct err *e)
{
	return err_set(e, r->too_large ? ERR_TOO_LARGE : ERR_INVALID, "%s: at byte %zu: %s", what,
	    r->bad_at, r->bad);
}

uint64_t
yrd_uint_long(struct yrd *r)
{
	const uint8_t *p = r->p;
	uint64_t v = 0;

	/* Eight bytes hold 56 bits; whatever is longer is above 2^53 or padded. */
	for (unsigned shift = 0; shift < 56 && p < r->end; shift += 7) {
		uint8_t b = *p++;
		v |= (uint64_t)(b & 0x7f) << shift;
		if (b >= 0x80)
			continue;
		if (b == 0 && shift > 0) {
			yrd_fail(r, "a number that is not in its shortest form");
			return 0;
		}
		if (v >> 53 != 0)
			break;
		r->p = p;
		return v;
	}
	yrd_fail(r, p == r->end && yrd_left(r) < 8 ? "the end comes too early" : "a number above 2^53");
	return 0;
}

struct bytes
yrd_string(struct yrd *r)
{
	struct bytes s = yrd_bytes(r);
	struct ytext_measure m;

	if (!yutf8_measure(s, &m))
		yrd_fail(r, "text that is not UTF-8");
	return s;
}
