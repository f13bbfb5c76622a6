/*
 * json.c - whether a text is JSON, and writing strings of it.
 *
 * The grammar of RFC 8259, one character at a time, with a bit per open bracket in place of
 * recursion: yjs stores such text unread, and a peer whose JSON.parse throws on it cannot load the
 * document any more.
 */
#include "value.h"

struct json {
	const uint8_t *p, *end;
	uint64_t objects;	/* bit n: the n-th open bracket is an object's */
	unsigned depth;
};

static void
space(struct json *j)
{
	while (j->p < j->end && (*j->p == ' ' || *j->p == '\t' || *j->p == '\n' || *j->p == '\r'))
		j->p++;
}

static bool
word(struct json *j, const char *s)
{
	size_t n = strlen(s);

	if ((size_t)(j->end - j->p) < n || memcmp(j->p, s, n) != 0)
		return false;
	j->p += n;
	return true;
}

static bool
is_hex(uint8_t c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

static bool
escape(struct json *j)
{
	if (j->p == j->end)
		return false;
	uint8_t c = *j->p++;
	if (c != 'u')
		return c != 0 && strchr("\"\\/bfnrt", c) != NULL;
	for (int i = 0; i < 4; i++) {
		if (j->p == j->end || !is_hex(*j->p++))
			return false;
	}
	return true;
}

/* At the quote. */
static bool
string(struct json *j)
{
	if (j->p == j->end || *j->p++ != '"')
		return false;
	while (j->p < j->end) {
		uint8_t c = *j->p++;
		if (c == '"')
			return true;
		if (c < 0x20 || (c == '\\' && !escape(j)))
			return false;
	}
	return false;
}

static bool
digits(struct json *j)
{
	const uint8_t *first = j->p;

	while (j->p < j->end && *j->p >= '0' && *j->p <= '9')
		j->p++;
	return j->p > first;
}

static bool
number(struct json *j)
{
	if (j->p < j->end && *j->p == '-')
		j->p++;
	if (j->p < j->end && *j->p == '0')
		j->p++;
	else if (!digits(j))
		return false;
	if (j->p < j->end && *j->p == '.') {
		j->p++;
		if (!digits(j))
			return false;
	}
	if (j->p < j->end && (*j->p | 0x20) == 'e') {
		j->p++;
		if (j->p < j->end && (*j->p == '+' || *j->p == '-'))
			j->p++;
		return digits(j);
	}
	return true;
}

static bool
scalar(struct json *j)
{
	switch (*j->p) {
	case '"':
		return string(j);
	case 't':
		return word(j, "true");
	case 'f':
		return word(j, "false");
	case 'n':
		return word(j, "null");
	}
	return number(j);
}

static bool
in_object(const struct json *j)
{
	return j->depth > 0 && (j->objects >> (j->depth - 1) & 1) != 0;
}

/* The key and colon that stand before a value in an object. */
static bool
key(struct json *j)
{
	space(j);
	if (!string(j))
		return false;
	space(j);
	return word(j, ":");
}

/* After an opening bracket: whether it closes at once. */
static bool
opened(struct json *j, bool object, bool *closed)
{
	if (object)
		j->objects |= UINT64_C(1) << j->depth;
	else
		j->objects &= ~(UINT64_C(1) << j->depth);
	j->depth++;
	space(j);
	*closed = j->p < j->end && *j->p == (object ? '}' : ']');
	return *closed || !object || key(j);
}

/* After a value: closes what closes here, and steps over a comma to the next value. */
static bool
closing(struct json *j)
{
	while (j->depth > 0) {
		space(j);
		if (j->p == j->end)
			return false;
		uint8_t c = *j->p++;
		if (c == ',')
			return !in_object(j) || key(j);
		if (c != (in_object(j) ? '}' : ']'))
			return false;
		j->depth--;
	}
	return true;
}

bool
yjson_valid(struct bytes s, unsigned depth)
{
	struct json j = { .p = s.data, .end = s.data + s.len };

	do {
		space(&j);
		if (j.p == j.end)
			return false;
		if (*j.p == '{' || *j.p == '[') {
			bool closed, object = *j.p++ == '{';
			if (j.depth >= depth || j.depth >= VALUE_DEPTH || !opened(&j, object, &closed))
				return false;
			if (!closed)
				continue;
		} else if (!scalar(&j)) {
			return false;
		}
		if (!closing(&j))
			return false;
	} while (j.depth > 0);
	space(&j);
	return j.p == j.end;
}

void
yjson_string(struct buf *out, struct bytes s)
{
	static const char *const short_forms[0x20] = { [8] = "\\b", [9] = "\\t", [10] = "\\n",
		[12] = "\\f", [13] = "\\r" };
	size_t plain = 0;

	buf_byte(out, '"');
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.data[i];
		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		buf_add(out, s.data + plain, i - plain);
		plain = i + 1;
		if (c >= 0x20)
			buf_printf(out, "\\%c", c);
		else if (short_forms[c] != NULL)
			buf_str(out, short_forms[c]);
		else
			buf_printf(out, "\\u%04x", c);
	}
	if (s.len > plain)
		buf_add(out, s.data + plain, s.len - plain);
	buf_byte(out, '"');
}
