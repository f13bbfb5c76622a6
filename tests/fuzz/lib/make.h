/*
 * make.h - content out of nothing, for mutators; mostly well formed.
 */
#ifndef FUZZ_MAKE_H
#define FUZZ_MAKE_H

#include "buf.h"
#include "dice.h"

void make_json(struct dice *d, unsigned depth, struct buf *out);

/* Length and bytes, which are nearly always UTF-8. */
void make_string(struct dice *d, struct buf *out);

/* The payload of content `ref` (block.h); its length in clocks is the reader's to find. */
void make_content(struct dice *d, uint8_t ref, struct buf *out);

#endif
