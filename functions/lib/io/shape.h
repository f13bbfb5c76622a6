/*
 * shape.h - JSON to C structs and back, by tables that schemas/gen/c.mjs makes from api.yaml.
 *
 * Decoding is strict: unknown and repeated fields, NUL, broken UTF-8, numbers that are not whole, texts,
 * arrays and numbers out of bounds are ERR_INVALID with the JSON pointer of the first offence in err.field.
 * The size of the input is bounded by the caller, before. What is decoded lives in the arena.
 * Encoding cannot fail; what is not UTF-8 in a text leaves as U+FFFD, so the output always is JSON.
 * Nobody writes these tables or calls shape_* by hand but the runtime: api_types.h has the typed calls.
 */
#ifndef IO_SHAPE_H
#define IO_SHAPE_H

#include "arena.h"
#include "buf.h"
#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A `pattern` as a finite automaton over classes of code points; state 0 is dead, 1 the first. */
struct pattern_run {
	uint32_t from;		/* this code point and those up to the next run's ... */
	uint8_t class;		/* ... belong to this class */
};
struct pattern {
	const char *text;
	const struct pattern_run *runs;
	size_t runs_count;
	size_t classes;
	const uint16_t *next;	/* [state * classes + class] */
	const uint8_t *accept;	/* by state */
};

enum shape_kind { SHAPE_TEXT, SHAPE_INT, SHAPE_BOOL, SHAPE_ENUM, SHAPE_OBJECT, SHAPE_TEXTS, SHAPE_OBJECTS };

struct shape_member {
	const char *name;
	enum shape_kind kind;
	bool required;
	bool in_path;			/* parameters only: in the path, else in the query */
	size_t at;			/* offset of the value */
	size_t has;			/* offset of has_x of an optional number or bool, of x_count of an array */
	int64_t min, max;		/* code points of a text, or the range of a number */
	int64_t min_items, max_items;
	const struct pattern *pattern;
	const char *const *names;	/* enum: from [1], ended by NULL; 0 is absent */
	const struct shape *shape;	/* of the object, or of the array's objects */
};

struct shape {
	const char *name;
	size_t size;
	const struct shape_member *members;
	size_t count;
};

/* One JSON object in `json` to a new struct in the arena. */
int shape_decode(struct arena *a, struct err *e, struct bytes json, const struct shape *shape, void **out);

/* Appends the struct as JSON; absent members are left out. */
void shape_encode(struct buf *b, const struct shape *shape, const void *in);

/* A parameter: converts NUL-ended text as its member says and stores it into `out`; err.field is its name. */
int shape_param(struct arena *a, struct err *e, const struct shape_member *m, const char *text, void *out);

/* The index of text in names (from 1), or 0. */
int shape_enum_of(const char *const *names, const char *text);

/* Appends text as a JSON string with its quotes. */
void json_text(struct buf *b, const char *text, size_t len);

/* Whether the bytes are UTF-8 (RFC 3629: shortest forms, no surrogates) without NUL. */
bool utf8_valid(const char *text, size_t len);

#endif
