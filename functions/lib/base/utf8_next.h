/*
 * utf8_next.h - one code point of UTF-8 at a time (RFC 3629).
 */
#ifndef BASE_UTF8_NEXT_H
#define BASE_UTF8_NEXT_H

#include <stdint.h>

#define UTF8_BAD UINT32_MAX

/* How many bytes follow one that begins a sequence; 4 where none can. */
static inline unsigned
utf8_more(unsigned char first)
{
	if (first < 0x80)
		return 0;
	if (first < 0xc0 || first >= 0xf8)
		return 4;
	return first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
}

/*
 * The code point at *p, which moves on behind it; UTF8_BAD where there is none (a broken or overlong
 * sequence, a surrogate), and then *p moves by one byte. *p < end.
 */
static inline uint32_t
utf8_next(const char **p, const char *end)
{
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	const unsigned char *s = (const unsigned char *)*p;
	unsigned more = utf8_more(s[0]);
	uint32_t point = more == 0 ? s[0] : s[0] & (0x3fu >> more);

	*p += 1;
	if (more > 3 || (unsigned)(end - *p) < more)
		return UTF8_BAD;
	for (unsigned i = 1; i <= more; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return UTF8_BAD;
		point = point << 6 | (s[i] & 0x3f);
	}
	if (point < least[more] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
		return UTF8_BAD;
	*p += more;
	return point;
}

#endif
