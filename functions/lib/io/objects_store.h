/*
 * objects_store.h - what objects.c asks of a kind of store. Keys have been checked.
 */
#ifndef IO_OBJECTS_STORE_H
#define IO_OBJECTS_STORE_H

#include "objects.h"

struct objects_kind {
	int (*put)(void *store, struct err *err, const char *key, struct bytes data);
	int (*get)(void *store, struct arena *a, struct err *err, const char *key, int64_t from, size_t len,
	    struct bytes *out);
	int (*delete)(void *store, struct err *err, const char *key);
	int (*exists)(void *store, struct err *err, const char *key);
	void (*close)(void *store);
};

extern const struct objects_kind objects_dir, objects_s3;

/* `where` is VIVA_OBJECTS. The store, or NULL with the error set. */
void *objects_dir_open(struct err *err, const char *where);
void *objects_s3_open(struct err *err, const char *where);

#endif
