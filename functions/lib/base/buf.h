/*
 * buf.h - bytes that grow, and bytes that somebody else owns.
 *
 * A struct buf that is all zero is empty and ready; buf_free() gives its memory back and leaves
 * it so again. Appending does not fail: see arena.h on memory. A struct bytes is a view: pointer
 * and length, never ended by a NUL, valid as long as its owner says.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct bytes {
	const uint8_t *data;
	size_t len;
};

struct buf {
	uint8_t *data;
	size_t len, cap;
};

/* Room for `more` bytes behind data + len; the caller adds to len what it then writes. */
uint8_t *buf_reserve(struct buf *b, size_t more);
void buf_add(struct buf *b, const void *data, size_t len);
void buf_byte(struct buf *b, uint8_t byte);
void buf_str(struct buf *b, const char *s);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The content as a C string; valid until the next call on b. */
const char *buf_cstr(struct buf *b);

void buf_clear(struct buf *b);	/* len = 0, memory kept */
void buf_free(struct buf *b);

/* A text as a view, without its NUL. */
static inline struct bytes
bytes_of(const char *text)
{
	return (struct bytes){ (const uint8_t *)text, strlen(text) };
}

/* The whole buffer as a view. */
static inline struct bytes
buf_bytes(const struct buf *b)
{
	return (struct bytes){ b->data, b->len };
}

#endif
