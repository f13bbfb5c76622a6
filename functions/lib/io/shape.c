/*
 * shape.c - decoding: the strict reader behind every <type>_decode().
 *
 * jansson parses (it refuses repeated names, NUL in names and broken UTF-8 by itself, and bounds its depth),
 * then the table is followed. Whole numbers are read as doubles: exact up to 2^53, which is as far as a
 * contract may go, and a number of any length is refused by its range and not by an overflow.
 *
 * The path to the member at hand is kept in struct where, to be told when something is wrong there.
 */
#include "shape.h"

#include "utf8_next.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct where {
	struct arena *arena;
	struct err *err;
	char pointer[sizeof(((struct err *)0)->field)];
	size_t len;
};

/* Goes one step down; the caller restores w->len. A path too long to tell is cut. */
static void
down(struct where *w, const char *name)
{
	size_t room = sizeof(w->pointer) - 3;

	if (w->len < room)
		w->pointer[w->len++] = '/';
	for (; *name != '\0' && w->len < room; name++) {
		if (*name == '~' || *name == '/')
			w->pointer[w->len++] = '~';
		w->pointer[w->len++] = *name == '~' ? '0' : *name == '/' ? '1' : *name;
	}
	w->pointer[w->len] = '\0';
}

static void
up(struct where *w, size_t len)
{
	w->len = len;
	w->pointer[len] = '\0';
}

#define wrong(w, ...) err_field((w)->err, (w)->pointer, __VA_ARGS__)

static bool
pattern_matches(const struct pattern *p, const char *text, size_t len)
{
	const char *end = text + len;
	size_t state = 1;

	while (text < end && state != 0) {
		uint32_t point = utf8_next(&text, end);
		size_t low = 0, high = p->runs_count;
		while (high - low > 1) {
			size_t mid = (low + high) / 2;
			if (p->runs[mid].from <= point)
				low = mid;
			else
				high = mid;
		}
		state = p->next[state * p->classes + p->runs[low].class];
	}
	return p->accept[state];
}

static int64_t
code_points(const char *text, size_t len)
{
	int64_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += ((unsigned char)text[i] & 0xc0) != 0x80;
	return n;
}

/* The text must be UTF-8 already. */
static int
check_text(struct where *w, const struct shape_member *m, const char *text, size_t len)
{
	int64_t points = code_points(text, len);

	if (points < m->min && m->min == 1)
		return wrong(w, "must not be empty");
	if (points < m->min)
		return wrong(w, "must have at least %lld characters, not %lld", (long long)m->min, (long long)points);
	if (points > m->max)
		return wrong(w, "must have at most %lld characters, not %lld", (long long)m->max, (long long)points);
	if (m->pattern != NULL && !pattern_matches(m->pattern, text, len))
		return wrong(w, "must match %s", m->pattern->text);
	return 0;
}

static int
check_int(struct where *w, const struct shape_member *m, double number, int64_t *out)
{
	if (number != floor(number))
		return wrong(w, "must be a whole number");
	if (number < (double)m->min || number > (double)m->max)
		return wrong(w, "must be from %lld to %lld", (long long)m->min, (long long)m->max);
	*out = (int64_t)number;
	return 0;
}

int
shape_enum_of(const char *const *names, const char *text)
{
	for (int i = 1; text != NULL && names[i] != NULL; i++)
		if (strcmp(names[i], text) == 0)
			return i;
	return 0;
}

static int
check_enum(struct where *w, const struct shape_member *m, const char *text, int *out)
{
	char all[200];
	size_t n = 0;
	int i = shape_enum_of(m->names, text);

	if (i > 0) {
		*out = i;
		return 0;
	}
	all[0] = '\0';
	for (i = 1; m->names[i] != NULL && n < sizeof(all); i++)
		n += (size_t)snprintf(all + n, sizeof(all) - n, "%s%s", i > 1 ? ", " : "", m->names[i]);
	return wrong(w, "must be one of %s", all);
}

static int decode_members(struct where *w, json_t *json, const struct shape *shape, void *out);

static int
decode_text(struct where *w, const struct shape_member *m, json_t *value, const char **out)
{
	if (!json_is_string(value))
		return wrong(w, "must be a string");
	const char *text = json_string_value(value);
	size_t len = json_string_length(value);
	if (memchr(text, '\0', len) != NULL)
		return wrong(w, "must not contain U+0000");
	if (check_text(w, m, text, len) < 0)
		return -1;
	*out = arena_strndup(w->arena, text, len);
	return 0;
}

static int
decode_object(struct where *w, const struct shape *shape, json_t *value, void *out)
{
	if (!json_is_object(value))
		return wrong(w, "must be an object");
	return decode_members(w, value, shape, out);
}

static int
decode_array(struct where *w, const struct shape_member *m, json_t *value, char *out)
{
	size_t n = json_array_size(value), size = m->kind == SHAPE_TEXTS ? sizeof(char *) : m->shape->size,
	       before = w->len;
	char index[24];

	if (!json_is_array(value))
		return wrong(w, "must be an array");
	if ((int64_t)n < m->min_items || (int64_t)n > m->max_items)
		return wrong(w, "must have %lld to %lld items, not %zu", (long long)m->min_items,
		    (long long)m->max_items, n);
	char *items = arena_array(w->arena, n, size);
	for (size_t i = 0; i < n; i++) {
		json_t *item = json_array_get(value, i);
		snprintf(index, sizeof(index), "%zu", i);
		down(w, index);
		int r = m->kind == SHAPE_TEXTS ? decode_text(w, m, item, (const char **)(items + i * size))
		                               : decode_object(w, m->shape, item, items + i * size);
		if (r < 0)
			return -1;
		up(w, before);
	}
	*(void **)(out + m->at) = items;
	*(size_t *)(out + m->has) = n;
	return 0;
}

static void
set_has(const struct shape_member *m, char *out)
{
	if (!m->required)
		*(bool *)(out + m->has) = true;
}

static int
decode_value(struct where *w, const struct shape_member *m, json_t *value, char *out)
{
	void *at = out + m->at;

	switch (m->kind) {
	case SHAPE_TEXT:
		return decode_text(w, m, value, at);
	case SHAPE_ENUM:
		if (json_is_string(value) && strlen(json_string_value(value)) != json_string_length(value))
			return wrong(w, "must not contain U+0000");
		return check_enum(w, m, json_string_value(value), at);
	case SHAPE_INT:
		if (!json_is_number(value))
			return wrong(w, "must be a number");
		set_has(m, out);
		return check_int(w, m, json_number_value(value), at);
	case SHAPE_BOOL:
		if (!json_is_boolean(value))
			return wrong(w, "must be true or false");
		set_has(m, out);
		*(bool *)at = json_is_true(value);
		return 0;
	case SHAPE_OBJECT:
		if (m->required)
			return decode_object(w, m->shape, value, at);
		*(void **)at = arena_array(w->arena, 1, m->shape->size);
		return decode_object(w, m->shape, value, *(void **)at);
	case SHAPE_TEXTS:
	case SHAPE_OBJECTS:
		return decode_array(w, m, value, out);
	}
	return wrong(w, "cannot be decoded");
}

static int
refuse_unknown(struct where *w, json_t *json, const struct shape *shape)
{
	const char *key;
	json_t *value;

	json_object_foreach(json, key, value) {
		size_t i = 0;
		while (i < shape->count && strcmp(shape->members[i].name, key) != 0)
			i++;
		if (i < shape->count)
			continue;
		down(w, key);
		return wrong(w, "is not a field of this object");
	}
	return 0;
}

static int
decode_members(struct where *w, json_t *json, const struct shape *shape, void *out)
{
	size_t before = w->len;

	for (size_t i = 0; i < shape->count; i++) {
		const struct shape_member *m = &shape->members[i];
		json_t *value = json_object_get(json, m->name);
		if (value == NULL && !m->required)
			continue;
		down(w, m->name);
		if (value == NULL)
			return wrong(w, "is missing");
		if (decode_value(w, m, value, out) < 0)
			return -1;
		up(w, before);
	}
	return refuse_unknown(w, json, shape);
}

int
shape_decode(struct arena *a, struct err *e, struct bytes json, const struct shape *shape, void **out)
{
	struct where w = { .arena = a, .err = e };
	json_error_t error;
	json_t *root = json_loadb((const char *)json.data, json.len,
	    JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL, &error);

	if (root == NULL)
		return err_field(e, "", "must be JSON: %s (line %d, column %d)", error.text, error.line, error.column);
	void *struct_ = arena_array(a, 1, shape->size);
	int r = decode_object(&w, shape, root, struct_);
	json_decref(root);
	if (r == 0)
		*out = struct_;
	return r;
}

/* Whole numbers only, as JSON writes them, and short enough to be exact. */
static int
param_int(struct where *w, const struct shape_member *m, const char *text, int64_t *out)
{
	const char *digits = text + (*text == '-');
	size_t len = strlen(digits);

	if (len == 0 || strspn(digits, "0123456789") != len || (len > 1 && *digits == '0'))
		return wrong(w, "must be a whole number");
	return check_int(w, m, strtod(text, NULL), out);
}

int
shape_param(struct arena *a, struct err *e, const struct shape_member *m, const char *text, void *out)
{
	struct where w = { .arena = a, .err = e };
	char *at = (char *)out + m->at;

	snprintf(w.pointer, sizeof(w.pointer), "%s", m->name);
	if (!utf8_valid(text, strlen(text)))
		return wrong(&w, "must be UTF-8 without NUL");
	switch (m->kind) {
	case SHAPE_TEXT:
		*(const char **)at = text;
		return check_text(&w, m, text, strlen(text));
	case SHAPE_ENUM:
		return check_enum(&w, m, text, (int *)at);
	case SHAPE_INT:
		set_has(m, out);
		return param_int(&w, m, text, (int64_t *)at);
	case SHAPE_BOOL:
		if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
			return wrong(&w, "must be true or false");
		set_has(m, out);
		*(bool *)at = text[0] == 't';
		return 0;
	default:
		return wrong(&w, "cannot be a parameter");
	}
}
