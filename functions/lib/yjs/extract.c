/*
 * extract.c - what a document says: text, and JSON. Source: toString and toJSON of yjs src/types.
 *
 * Types nest without bound, so the open ones stand on a stack in memory, not on the C stack.
 */
#include "doc.h"

#include "value.h"

#include <stdlib.h>

static struct ytype *
root(const struct yjs_doc *d, struct bytes name)
{
	/* Looking up makes nothing, but it may grow the hash. */
	return ytype_root((struct yjs_doc *)(uintptr_t)d, name, false);
}

static void
type_text(const struct ytype *t, struct buf *out)
{
	for (const struct item *it = t->start; it != NULL; it = it->right) {
		if (it->ref == REF_STRING && (it->flags & ITEM_DELETED) == 0)
			buf_add(out, it->data, it->bytes);
	}
}

bool
yjs_doc_text(const struct yjs_doc *d, struct bytes name, struct buf *out)
{
	const struct ytype *t = root(d, name);

	if (t != NULL)
		type_text(t, out);
	return t != NULL;
}

/* A type that is being written: an array at `it`, or a map at `slot`. */
struct open {
	const struct item *it;
	const struct slot *slot;
	bool map, first;
};
struct stack {
	struct open *v;
	size_t n, cap;
	struct buf *out;
};

static void
comma(struct stack *s)
{
	struct open *o = &s->v[s->n - 1];

	if (!o->first)
		buf_byte(s->out, ',');
	o->first = false;
}

static void
text_json(struct buf *out, const struct ytype *t)
{
	struct buf text = { 0 };

	type_text(t, &text);
	yjson_string(out, buf_bytes(&text));
	buf_free(&text);
}

/* Writes a type that is a leaf here, or opens it. */
static void
open_type(struct stack *s, const struct ytype *t, uint8_t kind)
{
	if (kind == YJS_TEXT || kind == YJS_XML_TEXT) {
		text_json(s->out, t);
		return;
	}
	if (kind != YJS_ARRAY && kind != YJS_MAP) {
		buf_str(s->out, "null");	/* Xml has no JSON */
		return;
	}
	if (s->n == s->cap) {
		s->cap = s->cap == 0 ? 16 : s->cap * 2;
		s->v = realloc(s->v, s->cap * sizeof(*s->v));
		if (s->v == NULL)
			abort();
	}
	s->v[s->n++] = (struct open){ t->start, t->first, kind == YJS_MAP, true };
	buf_byte(s->out, kind == YJS_MAP ? '{' : '[');
}

static bool
is_undefined(struct bytes s)
{
	return s.len == 9 && memcmp(s.data, "undefined", 9) == 0;
}

/* One of an item's values, not a type. */
static void
value_json(struct buf *out, uint8_t ref, struct yrd *r)
{
	struct bytes s;

	switch (ref) {
	case REF_ANY:
		yany_json(out, r);
		break;
	case REF_BINARY:
		yany_bytes_json(out, yrd_bytes(r));
		break;
	case REF_JSON:
	case REF_EMBED:
		s = yrd_bytes(r);
		if (is_undefined(s))
			buf_str(out, "null");
		else
			buf_add(out, s.data, s.len);
		break;
	default:
		buf_str(out, "null");
	}
}

/* Text in an array: each character is an element. */
static void
characters_json(struct stack *s, struct bytes text)
{
	for (size_t i = 0; i < text.len;) {
		uint8_t a = text.data[i];
		size_t n = a < 0x80 ? 1 : a < 0xe0 ? 2 : a < 0xf0 ? 3 : 4;
		comma(s);
		yjson_string(s->out, (struct bytes){ text.data + i, n });
		i += n;
	}
}

static void
element_json(struct stack *s, const struct item *it)
{
	struct yrd r = yrd_new((struct bytes){ it->data, it->bytes });

	if (it->flags & ITEM_DELETED || it->ref == REF_FORMAT)
		return;
	if (it->ref == REF_STRING) {
		characters_json(s, (struct bytes){ it->data, it->bytes });
		return;
	}
	for (uint32_t i = 0; i < it->len; i++) {
		comma(s);
		value_json(s->out, it->ref, &r);
	}
}

/* The last of an item's values: that is the one a map shows. False if it is undefined. */
static bool
last_value(const struct item *it, struct yrd *r)
{
	*r = yrd_new((struct bytes){ it->data, it->bytes });
	for (uint32_t i = 1; i < it->len; i++) {
		if (it->ref == REF_ANY)
			yany_skip(r, VALUE_DEPTH);
		else if (it->ref == REF_JSON)
			yrd_bytes(r);
	}
	if (it->ref == REF_JSON) {
		struct yrd peek = *r;
		return !is_undefined(yrd_bytes(&peek));
	}
	return it->ref != REF_ANY || *r->p != ANY_UNDEFINED;
}

static void
entry_json(struct stack *s, const struct slot *slot)
{
	const struct item *it = slot->tail;
	struct yrd r = { 0 };

	if (it == NULL || it->flags & ITEM_DELETED || (it->ref != REF_TYPE && !last_value(it, &r)))
		return;
	comma(s);
	yjson_string(s->out, slot->key);
	buf_byte(s->out, ':');
	if (it->ref == REF_TYPE)
		open_type(s, it->type, it->type->kind);
	else if (it->ref == REF_STRING)
		yjson_string(s->out, (struct bytes){ it->data, it->bytes });
	else
		value_json(s->out, it->ref, &r);
}

/* Writes the next element or entry of the innermost open type, or closes it. */
static void
advance(struct stack *s)
{
	struct open *o = &s->v[s->n - 1];

	if (o->map && o->slot != NULL) {
		const struct slot *slot = o->slot;
		o->slot = slot->next;
		entry_json(s, slot);
	} else if (!o->map && o->it != NULL) {
		const struct item *it = o->it;
		o->it = it->right;
		if (it->ref == REF_TYPE && (it->flags & ITEM_DELETED) == 0) {
			comma(s);
			open_type(s, it->type, it->type->kind);
		} else {
			element_json(s, it);
		}
	} else {
		buf_byte(s->out, o->map ? '}' : ']');
		s->n--;
	}
}

bool
yjs_doc_json(const struct yjs_doc *d, struct bytes name, enum yjs_type kind, struct buf *out)
{
	const struct ytype *t = root(d, name);
	struct stack s = { .out = out };

	if (t == NULL)
		return false;
	open_type(&s, t, (uint8_t)kind);
	while (s.n > 0)
		advance(&s);
	free(s.v);
	return true;
}
