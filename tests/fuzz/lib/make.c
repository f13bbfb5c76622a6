/*
 * make.c - content out of nothing: JSON, lib0's Any, and what an item may hold. Mostly well formed.
 */
#include "make.h"

#include "block.h"

void
make_json(struct dice *d, unsigned depth, struct buf *out)
{
	static const char *const plain[] = { "null", "true", "false", "0", "-1", "1.5e3", "\"\"", "\"a\"", "{}", "[]",
		"\"\\u00e9\\ud83d\\ude00\"", "\"\xf0\x9f\x98\x80\"", " {\"cursor\" : null}", "1e999", "\"__proto__\"" };
	uint64_t n = dice_below(d, 4);
	bool object = dice_once_in(d, 2);

	if (depth == 0 || dice_once_in(d, 2)) {
		buf_str(out, plain[dice_below(d, sizeof(plain) / sizeof(*plain))]);
		return;
	}
	buf_byte(out, object ? '{' : '[');
	for (uint64_t i = 0; i < n; i++) {
		buf_str(out, i > 0 ? "," : "");
		if (object)
			buf_printf(out, "\"k%d\":", (int)dice_below(d, 4));
		make_json(d, depth - 1, out);
	}
	buf_byte(out, object ? '}' : ']');
}

/* Nearly a power of two, where whoever allots memory in blocks goes wrong. */
static void
make_long(struct dice *d, struct buf *out)
{
	size_t len = ((size_t)64 << dice_below(d, 10)) + dice_below(d, 64) - 48;

	ywr_uint(out, len);
	memset(buf_reserve(out, len), 'x', len);
	out->len += len;
}

void
make_string(struct dice *d, struct buf *out)
{
	static const char *const words[] = { "a", "bc", "\xf0\x9f\x98\x80", "x\xf0\x9f\x98\x80y", "\xe4\xb8\xad",
		"\xc3\xa9",
		"\xf0\x9f\x98\x80\xf0\x9f\x98\x80", "t", "k", "map", "\xef\xbb\xbf", "\xed\xa0\x80", "\xff", "" };
	const char *w = words[dice_below(d, dice_once_in(d, 8) ? 14 : 11)];

	if (dice_once_in(d, 64)) {
		make_long(d, out);
		return;
	}
	ywr_bytes(out, (struct bytes){ (const uint8_t *)w, strlen(w) });
}

static void
put_json(struct dice *d, struct buf *out)
{
	struct buf json = { 0 };

	make_json(d, 3, &json);
	ywr_bytes(out, buf_bytes(&json));
	buf_free(&json);
}

/* Source of the tags: lib0/decoding.js readAny. */
static void
put_any(struct dice *d, unsigned depth, struct buf *out)
{
	uint8_t tag = (uint8_t)(116 + dice_below(d, 12));
	uint64_t n = depth > 0 ? dice_below(d, 4) : 0;

	buf_byte(out, tag);
	switch (tag) {
	case 116:
	case 119:
		make_string(d, out);
		break;
	case 117:
	case 118:
		ywr_uint(out, n);
		for (uint64_t i = 0; i < n; i++) {
			if (tag == 118)
				make_string(d, out);
			put_any(d, depth - 1, out);
		}
		break;
	case 125:
		buf_byte(out, (uint8_t)dice_below(d, 128));
		break;
	case 124:
	case 123:
	case 122:
		for (int i = 0; i < (tag == 124 ? 4 : 8); i++)
			buf_byte(out, (uint8_t)dice_throw(d));
	}
}

void
make_content(struct dice *d, uint8_t ref, struct buf *out)
{
	uint64_t n = dice_below(d, 4) + !dice_once_in(d, 32);

	switch (ref) {
	case REF_GC:
	case REF_SKIP:
	case REF_DELETED:
		n = dice_once_in(d, 8) ? dice_number(d, n) : n;
		ywr_uint(out, n);
		break;
	case REF_JSON:
	case REF_ANY:
		ywr_uint(out, n);
		for (uint64_t i = 0; i < n; i++)
			ref == REF_ANY ? put_any(d, 3, out) : put_json(d, out);
		break;
	case REF_EMBED:
		put_json(d, out);
		break;
	case REF_TYPE:
		n = dice_below(d, dice_once_in(d, 4) ? 8 : 3);
		ywr_uint(out, n);
		if (n == YJS_XML_ELEMENT || n == YJS_XML_HOOK)
			make_string(d, out);
		break;
	case REF_FORMAT:
		make_string(d, out);
		put_json(d, out);
		break;
	default:
		make_string(d, out);
		if (ref == REF_DOC)
			put_any(d, 3, out);
		break;
	}
}
