/*
 * canonical.c - see canonical.h.
 *
 * One pass over the text. Each open array or object gathers its own text; when it closes, its hash is what the one
 * around it gathers. Types nest without bound, so the open ones stand on a stack in memory, not on the C stack.
 */
#include "canonical.h"

#include "digest.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct member {
	size_t at, key, len;	/* in the text of its object: where, the key's length, that of all of it */
	const uint8_t *p;	/* the same, once that text is whole */
};
struct level {
	bool object, value_next;	/* value_next: a key has been read */
	struct buf text;
	struct member *members;
	size_t n, cap;
};
struct walk {
	struct arena *arena;
	struct level *v;
	size_t depth, cap;
};

static void *
grown(void *v, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return v;
	*cap = *cap * 2 + 16;
	v = realloc(v, *cap * size);
	if (v == NULL)
		abort();
	return v;
}

static void
open_level(struct walk *w, bool object)
{
	w->v = grown(w->v, w->depth, &w->cap, sizeof(*w->v));
	w->v[w->depth++] = (struct level){ .object = object };
}

static void
take_key(struct level *l, struct bytes key)
{
	l->members = grown(l->members, l->n, &l->cap, sizeof(*l->members));
	l->members[l->n++] = (struct member){ .at = l->text.len, .key = key.len };
	buf_add(&l->text, key.data, key.len);
	buf_byte(&l->text, ':');
	l->value_next = true;
}

static void
take_value(struct level *l, struct bytes value)
{
	buf_add(&l->text, value.data, value.len);
	buf_byte(&l->text, ',');
	if (l->object)
		l->members[l->n - 1].len = l->text.len - l->members[l->n - 1].at;
	l->value_next = false;
}

/* By key, and of the same key the later one last. */
static int
by_key(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	int order = memcmp(x->p, y->p, x->key < y->key ? x->key : y->key);

	if (order != 0)
		return order;
	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->at < y->at ? -1 : 1;
}

static bool
same_key(const struct member *x, const struct member *y)
{
	return x->key == y->key && memcmp(x->p, y->p, x->key) == 0;
}

static void
sort_members(struct level *l, struct buf *out)
{
	static const char proto[] = "\"__proto__\"";

	for (size_t i = 0; i < l->n; i++)
		l->members[i].p = l->text.data + l->members[i].at;
	if (l->n > 0)
		qsort(l->members, l->n, sizeof(*l->members), by_key);
	for (size_t i = 0; i < l->n; i++) {
		const struct member *m = &l->members[i];
		if (i + 1 < l->n && same_key(m, m + 1))
			continue;
		if (m->key != sizeof(proto) - 1 || memcmp(m->p, proto, m->key) != 0)
			buf_add(out, m->p, m->len);
	}
}

/* The hash of the innermost, which is open no more. */
static const char *
close_level(struct walk *w)
{
	struct level *l = &w->v[--w->depth];
	struct buf out = { 0 };

	buf_byte(&out, l->object ? '{' : '[');
	if (l->object)
		sort_members(l, &out);
	else
		buf_add(&out, l->text.data, l->text.len);
	const char *hash = digest_sha256(w->arena, buf_bytes(&out));
	buf_free(&out);
	buf_free(&l->text);
	free(l->members);
	return hash;
}

/* What stands between values and says nothing. */
static bool
is_between(uint8_t c)
{
	return c == ',' || c == ':' || c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The string, number or word that begins here. */
static struct bytes
token(const uint8_t *p, const uint8_t *end)
{
	const uint8_t *q = p + 1;

	if (*p == '"') {
		while (*q != '"')
			q += *q == '\\' ? 2 : 1;
		q++;
	} else {
		while (q < end && !is_between(*q) && *q != ']' && *q != '}')
			q++;
	}
	return (struct bytes){ p, (size_t)(q - p) };
}

const char *
canonical_hash(struct arena *a, struct bytes json)
{
	const uint8_t *p = json.data, *end = p + json.len;
	struct walk w = { .arena = a };
	const char *hash = "";

	while (p < end) {
		struct level *l = w.depth > 0 ? &w.v[w.depth - 1] : NULL;
		if (*p == '{' || *p == '[') {
			open_level(&w, *p++ == '{');
		} else if (*p == '}' || *p == ']') {
			p++;
			hash = close_level(&w);
			if (w.depth > 0)
				take_value(&w.v[w.depth - 1], (struct bytes){ (const uint8_t *)hash, DIGEST_LEN });
		} else if (is_between(*p)) {
			p++;
		} else {
			struct bytes t = token(p, end);
			p = t.data + t.len;
			if (l->object && !l->value_next)
				take_key(l, t);
			else
				take_value(l, t);
		}
	}
	free(w.v);
	return hash;
}
