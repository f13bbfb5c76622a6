/*
 * shape_encode.c - encoding: structs to JSON, straight into the reply's buffer.
 *
 * No tree is built. Runs of bytes that need no escape, nearly all of any text, are copied whole.
 */
#include "shape.h"

#include "utf8_next.h"

#include <string.h>

static void
escape(struct buf *b, unsigned char c)
{
	switch (c) {
	case '"':
	case '\\':
		buf_byte(b, '\\');
		buf_byte(b, c);
		break;
	case '\n':
		buf_add(b, "\\n", 2);
		break;
	default:
		buf_printf(b, "\\u%04x", c);
	}
}

void
json_text(struct buf *b, const char *text, size_t len)
{
	const char *end = text + len, *plain = text;

	buf_reserve(b, len + 2);
	buf_byte(b, '"');
	while (text < end) {
		const char *at = text;
		uint32_t point = utf8_next(&text, end);
		if (point != UTF8_BAD && point >= 0x20 && point != '"' && point != '\\')
			continue;
		buf_add(b, plain, (size_t)(at - plain));
		if (point == UTF8_BAD)
			buf_add(b, "\xef\xbf\xbd", 3);
		else
			escape(b, (unsigned char)point);
		plain = text;
	}
	buf_add(b, plain, (size_t)(end - plain));
	buf_byte(b, '"');
}

bool
utf8_valid(const char *text, size_t len)
{
	const char *end = text + len;

	while (text < end) {
		uint32_t point = utf8_next(&text, end);
		if (point == UTF8_BAD || point == 0)
			return false;
	}
	return true;
}

/* A required text that was not set is a mistake of ours; null lets the tests, which check replies, see it. */
static void
encode_text(struct buf *b, const char *text)
{
	if (text == NULL)
		buf_str(b, "null");
	else
		json_text(b, text, strlen(text));
}

/* An enum with a single value (an event's type) need not be set. */
static void
encode_enum(struct buf *b, const struct shape_member *m, int value)
{
	encode_text(b, value == 0 && m->names[1] != NULL && m->names[2] == NULL ? m->names[1] : m->names[value]);
}

static void
encode_array(struct buf *b, const struct shape_member *m, const char *items, size_t n)
{
	buf_byte(b, '[');
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_byte(b, ',');
		if (m->kind == SHAPE_TEXTS)
			encode_text(b, ((const char *const *)(const void *)items)[i]);
		else
			shape_encode(b, m->shape, items + i * m->shape->size);
	}
	buf_byte(b, ']');
}

static bool
is_there(const struct shape_member *m, const char *in)
{
	const void *at = in + m->at;

	if (m->required)
		return true;
	switch (m->kind) {
	case SHAPE_INT:
	case SHAPE_BOOL:
		return *(const bool *)(in + m->has);
	case SHAPE_ENUM:
		return *(const int *)at != 0;
	default:
		return *(void *const *)at != NULL;
	}
}

static void
encode_value(struct buf *b, const struct shape_member *m, const char *in)
{
	const void *at = in + m->at;

	switch (m->kind) {
	case SHAPE_TEXT:
		encode_text(b, *(const char *const *)at);
		break;
	case SHAPE_INT:
		buf_printf(b, "%lld", (long long)*(const int64_t *)at);
		break;
	case SHAPE_BOOL:
		buf_str(b, *(const bool *)at ? "true" : "false");
		break;
	case SHAPE_ENUM:
		encode_enum(b, m, *(const int *)at);
		break;
	case SHAPE_OBJECT:
		shape_encode(b, m->shape, m->required ? at : *(void *const *)at);
		break;
	case SHAPE_TEXTS:
	case SHAPE_OBJECTS:
		encode_array(b, m, *(const char *const *)at, *(const size_t *)(const void *)(in + m->has));
	}
}

void
shape_encode(struct buf *b, const struct shape *shape, const void *in)
{
	bool first = true;

	buf_byte(b, '{');
	for (size_t i = 0; i < shape->count; i++) {
		const struct shape_member *m = &shape->members[i];
		if (!is_there(m, in))
			continue;
		buf_printf(b, "%s\"%s\":", first ? "" : ",", m->name);
		encode_value(b, m, in);
		first = false;
	}
	buf_byte(b, '}');
}
