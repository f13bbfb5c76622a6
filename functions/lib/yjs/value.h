/*
 * value.h - the two kinds of free values inside updates: lib0's Any, and JSON text.
 */
#ifndef YJS_VALUE_H
#define YJS_VALUE_H

#include "rd.h"

#define VALUE_DEPTH 64

enum { ANY_BYTES = 116, ANY_ARRAY, ANY_OBJECT, ANY_STRING, ANY_TRUE, ANY_FALSE, ANY_BIGINT,
	ANY_FLOAT64, ANY_FLOAT32, ANY_INTEGER, ANY_NULL, ANY_UNDEFINED };

/* A signed integer as lib0's varInt. */
int64_t yany_integer(struct yrd *r);

/* Reads one Any and checks it; nested at most `depth` deep. */
void yany_skip(struct yrd *r, unsigned depth);

/* Whether s is one JSON text (RFC 8259), nested at most `depth` deep. s is UTF-8 already. */
bool yjson_valid(struct bytes s, unsigned depth);

/* Appends one Any, already checked, as JSON, the way JSON.stringify would show it. */
void yany_json(struct buf *out, struct yrd *r);

/* Bytes as JSON.stringify shows a Uint8Array: {"0":1,"1":2}. */
void yany_bytes_json(struct buf *out, struct bytes b);

/* Appends s in quotes, escaped as JSON.stringify does. */
void yjson_string(struct buf *out, struct bytes s);

#endif
