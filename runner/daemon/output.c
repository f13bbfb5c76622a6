/*
 * output.c - see output.h.
 */
#include "output.h"

#include <string.h>

void
output_init(struct output *o, struct arena *arena, int64_t limit)
{
	memset(o, 0, sizeof(*o));
	o->arena = arena;
	o->limit = limit;
}

void
output_free(struct output *o)
{
	for (size_t i = 0; i < OUTPUT_GATHER; i++)
		buf_free(&o->gather[i].text);
}

/* Where text of a stream goes now: behind the last piece if that is of the same stream, else a new piece. */
static struct buf *
piece(struct output *o, enum stream stream)
{
	size_t i = o->gathered;

	if (i > 0 && o->gather[i - 1].stream == stream)
		return &o->gather[i - 1].text;
	if (i == OUTPUT_GATHER)
		while (i-- > 0)
			if (o->gather[i].stream == stream)
				return &o->gather[i].text;
	o->gather[o->gathered].stream = stream;
	buf_clear(&o->gather[o->gathered].text);
	return &o->gather[o->gathered++].text;
}

/* A piece that stayed empty (half a character was held back) is given back. */
static void
drop_empty(struct output *o)
{
	if (o->gathered > 0 && o->gather[o->gathered - 1].text.len == 0)
		o->gathered--;
}

void
output_add(struct output *o, enum stream stream, const void *data, size_t len)
{
	if ((int64_t)len > o->limit - o->taken) {
		len = (size_t)(o->limit - o->taken);
		o->over = true;
	}
	o->taken += (int64_t)len;
	if (len == 0)
		return;
	text_add(piece(o, stream), &o->tails[stream == STREAM_STDERR], data, len);
	drop_empty(o);
}

/* Half a character at the limit is our cut, not the program's fault: it is left out. */
void
output_end(struct output *o)
{
	static const enum stream streams[] = { STREAM_STDOUT, STREAM_STDERR };

	for (size_t i = 0; i < 2 && !o->over; i++) {
		if (o->tails[i].have > 0)
			text_end(piece(o, streams[i]), &o->tails[i]);
	}
}

static size_t
gathered_bytes(const struct output *o)
{
	size_t n = 0;

	for (size_t i = 0; i < o->gathered; i++)
		n += o->gather[i].text.len;
	return n;
}

/* 16 ms for what a person could follow; a run that goes on and on is shown in larger steps. */
static int64_t
window(const struct output *o)
{
	if (o->count < 256)
		return OUTPUT_WINDOW_MS;
	return o->count < 1024 ? 64 : 250;
}

int
output_wait(const struct output *o, int64_t mono_ms)
{
	if (o->gathered == 0)
		return -1;
	if (o->cut_at == 0 || gathered_bytes(o) >= OUTPUT_CHUNK)
		return 0;
	int64_t left = o->cut_at + window(o) - mono_ms;
	return left > 0 ? (int)left : 0;
}

static struct chunk *
next_chunk(struct output *o)
{
	if (o->count == o->room) {
		size_t room = o->room == 0 ? 16 : o->room * 2;
		struct chunk *more = arena_array(o->arena, room, sizeof(*more));
		if (o->count > 0)
			memcpy(more, o->chunks, o->count * sizeof(*more));
		o->chunks = more;
		o->room = room;
	}
	o->chunks[o->count].seq = (int64_t)o->count + 1;
	return &o->chunks[o->count++];
}

void
output_adopt(struct output *o, const struct chunk *c)
{
	struct chunk *mine = next_chunk(o);

	*mine = *c;
	mine->data = arena_strndup(o->arena, c->data, c->len);
	mine->participant = c->participant != NULL ? arena_strdup(o->arena, c->participant) : NULL;
}

/* The largest piece of text, at most OUTPUT_CHUNK bytes, that does not end inside a character. */
static size_t
whole_characters(const struct buf *text, size_t from)
{
	size_t n = text->len - from;

	if (n <= OUTPUT_CHUNK)
		return n;
	for (n = OUTPUT_CHUNK; (text->data[from + n] & 0xc0) == 0x80; n--)
		;
	return n;
}

void
output_cut(struct output *o, int64_t mono_ms, int64_t wall_ms)
{
	for (size_t i = 0; i < o->gathered; i++) {
		const struct buf *text = &o->gather[i].text;
		for (size_t from = 0; from < text->len;) {
			size_t n = whole_characters(text, from);
			struct chunk *c = next_chunk(o);
			c->stream = o->gather[i].stream;
			c->data = arena_strndup(o->arena, (const char *)text->data + from, n);
			c->len = n;
			c->at_ms = wall_ms;
			from += n;
		}
	}
	o->gathered = 0;
	o->cut_at = mono_ms;
}

void
output_typed(struct output *o, const char *participant, const char *data, size_t len, int64_t mono_ms, int64_t wall_ms)
{
	output_cut(o, mono_ms, wall_ms);
	struct chunk *c = next_chunk(o);
	c->stream = STREAM_STDIN;
	c->participant = arena_strdup(o->arena, participant);
	c->data = arena_strndup(o->arena, data, len);
	c->len = len;
	c->at_ms = wall_ms;
}
