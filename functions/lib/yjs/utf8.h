/*
 * utf8.h - UTF-8 text measured in UTF-16 code units, as JavaScript counts.
 */
#ifndef YJS_UTF8_H
#define YJS_UTF8_H

#include "buf.h"

#include <stdbool.h>

struct ytext_measure {
	uint32_t units;		/* UTF-16 code units */
	bool ascii;
};

/* False if s is not UTF-8 (surrogates and overlong forms are not). s is below 2^32 bytes. */
bool yutf8_measure(struct bytes s, struct ytext_measure *m);

/*
 * The byte offset of the unit `units` in valid text. Where that unit is the second half of a pair,
 * *half is true and the offset is that of the character.
 */
size_t yutf8_offset(struct bytes s, uint32_t units, bool *half);

/* What stands for each half of a pair that was split: U+FFFD. */
#define UTF8_REPLACEMENT "\xef\xbf\xbd"

#endif
