/*
 * objects.h - bytes too large for a row, kept by key: in a directory, or in a store that speaks S3.
 *
 *	VIVA_OBJECTS=/srv/viva/objects		a directory; every program's user must be able to write there
 *	VIVA_OBJECTS=s3://bucket/prefix		a bucket; $VIVA_SECRETS/s3 says where and who (objects_s3.c)
 *	(unset)					none: what is large stays in the database
 *
 * A key is a path of segments: printable ASCII without space and backslash, no segment empty or beginning with a dot,
 * 200 bytes in all. Keys are made by programs, from ids that were checked. An object is whole or not there, and once
 * objects_put() has returned it is on the disk. To put the same key again replaces it. None is empty.
 *
 * Failing is ERR_BUSY where another try may go well (the disk is full, the store is away), ERR_NOT_FOUND, or
 * ERR_INTERNAL (a bad key, a wrong setting). A handle belongs to one thread.
 */
#ifndef IO_OBJECTS_H
#define IO_OBJECTS_H

#include "arena.h"
#include "buf.h"
#include "err.h"

#include <stddef.h>
#include <stdint.h>

struct objects;

/* By VIVA_OBJECTS. 0 with *out NULL where it is unset; -1 where it makes no sense. */
int objects_open(struct err *err, struct objects **out);
void objects_close(struct objects *o);

int objects_put(struct objects *o, struct err *err, const char *key, struct bytes data);

/* At most len bytes from `from`, fewer where the object ends; they live in the arena. */
int objects_get(struct objects *o, struct arena *a, struct err *err, const char *key, int64_t from, size_t len,
    struct bytes *out);

/* What is not there is deleted already. */
int objects_delete(struct objects *o, struct err *err, const char *key);

/* 1, 0, or -1. */
int objects_exists(struct objects *o, struct err *err, const char *key);

#endif
