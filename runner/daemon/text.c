/*
 * text.c - see text.h.
 */
#include "text.h"

#include <stdbool.h>

#define REPLACEMENT "\xef\xbf\xbd"	/* U+FFFD */
#define PICTURE_OF_NUL "\xe2\x90\x80"	/* U+2400 */

/* How many bytes a character has that begins with b; 0: none does. */
static uint8_t
length_of(uint8_t b)
{
	if (b >= 0xc2 && b <= 0xdf)
		return 2;
	if (b >= 0xe0 && b <= 0xef)
		return 3;
	return b >= 0xf0 && b <= 0xf4 ? 4 : 0;
}

/* Whether b may follow what the tail holds: the second byte rules out long forms, surrogates, beyond U+10FFFF. */
static bool
may_follow(const struct text_tail *t, uint8_t b)
{
	uint8_t low = 0x80, high = 0xbf;

	if (t->have == 1) {
		switch (t->bytes[0]) {
		case 0xe0: low = 0xa0; break;
		case 0xed: high = 0x9f; break;
		case 0xf0: low = 0x90; break;
		case 0xf4: high = 0x8f; break;
		}
	}
	return b >= low && b <= high;
}

/* A byte where a character begins. */
static void
begin(struct buf *out, struct text_tail *t, uint8_t b)
{
	if (b == 0)
		buf_str(out, PICTURE_OF_NUL);
	else if (b < 0x80)
		buf_byte(out, b);
	else if ((t->want = length_of(b)) > 0) {
		t->bytes[0] = b;
		t->have = 1;
	} else
		buf_str(out, REPLACEMENT);
}

void
text_add(struct buf *out, struct text_tail *t, const uint8_t *data, size_t len)
{
	buf_reserve(out, len);
	for (size_t i = 0; i < len; i++) {
		if (t->have > 0 && !may_follow(t, data[i]))
			text_end(out, t);
		if (t->have == 0) {
			begin(out, t, data[i]);
			continue;
		}
		t->bytes[t->have++] = data[i];
		if (t->have == t->want) {
			buf_add(out, t->bytes, t->have);
			t->have = 0;
		}
	}
}

void
text_end(struct buf *out, struct text_tail *t)
{
	if (t->have > 0)
		buf_str(out, REPLACEMENT);
	t->have = 0;
}
