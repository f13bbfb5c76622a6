/*
 * text.h - a program's bytes, made fit to be shown.
 *
 * Whatever comes in, UTF-8 without NUL goes out. A character whose bytes arrive in two pieces is held back
 * until it is whole, so that no chunk ever ends inside one. Bytes that are no UTF-8 become U+FFFD, one for
 * each piece that cannot be the start of anything (as browsers do it); NUL becomes U+2400, its picture.
 */
#ifndef RUNNER_TEXT_H
#define RUNNER_TEXT_H

#include "buf.h"

#include <stddef.h>
#include <stdint.h>

/* The start of a character that is not whole yet. All zero at first. */
struct text_tail {
	uint8_t bytes[4];
	uint8_t have, want;
};

void text_add(struct buf *out, struct text_tail *tail, const uint8_t *data, size_t len);

/* No more will come: an unfinished character is shown as U+FFFD. */
void text_end(struct buf *out, struct text_tail *tail);

#endif
