/*
 * capture.c - see capture.h.
 */
#include "capture.h"

#include "text.h"

#include <string.h>

void
capture_init(struct capture *c, int64_t limit)
{
	buf_clear(&c->output);
	buf_clear(&c->errors);
	c->limit = limit;
	c->taken = 0;
	c->over = c->cut = false;
}

void
capture_free(struct capture *c)
{
	buf_free(&c->output);
	buf_free(&c->errors);
}

void
capture_add(struct capture *c, enum stream stream, const void *data, size_t len)
{
	if ((int64_t)len > c->limit - c->taken) {
		len = (size_t)(c->limit - c->taken);
		c->over = true;
	}
	c->taken += (int64_t)len;
	if (stream == STREAM_STDERR && len > CAPTURE_ERRORS - c->errors.len) {
		len = CAPTURE_ERRORS - c->errors.len;
		c->cut = true;
	}
	buf_add(stream == STREAM_STDERR ? &c->errors : &c->output, data, len);
}

/* A character that the cut went through is left out; one that the program left unfinished is shown as such. */
const char *
capture_text(struct arena *a, const struct buf *kept, size_t most)
{
	struct text_tail tail = { 0 };
	struct buf text = { 0 };

	text_add(&text, &tail, kept->data, kept->len < most ? kept->len : most);
	if (kept->len <= most)
		text_end(&text, &tail);
	const char *copy = arena_strndup(a, (const char *)text.data, text.len);
	buf_free(&text);
	return copy;
}
