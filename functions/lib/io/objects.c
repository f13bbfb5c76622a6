/*
 * objects.c - see objects.h.
 */
#include "objects_store.h"

#include "config.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define KEY_MAX 200

struct objects {
	const struct objects_kind *kind;
	void *store;
};

static bool
key_is_good(const char *key)
{
	char before = '/';

	for (const char *p = key; *p != '\0'; before = *p++)
		if (*p < 0x21 || *p > 0x7e || *p == '\\' || (before == '/' && (*p == '/' || *p == '.')))
			return false;
	return before != '/' && strlen(key) <= KEY_MAX;
}

static int
check(struct err *err, const char *key)
{
	return key_is_good(key) ? 0 : err_set(err, ERR_INTERNAL, "objects: \"%.40s\" is no key", key);
}

int
objects_open(struct err *err, struct objects **out)
{
	const char *where = config_str("VIVA_OBJECTS", NULL);
	struct objects *o;

	*out = NULL;
	if (where == NULL)
		return 0;
	bool s3 = strncmp(where, "s3://", 5) == 0;
	void *store = s3 ? objects_s3_open(err, where) : objects_dir_open(err, where);
	if (store == NULL)
		return -1;
	if ((o = calloc(1, sizeof(*o))) == NULL)
		abort();
	o->kind = s3 ? &objects_s3 : &objects_dir;
	o->store = store;
	*out = o;
	return 0;
}

void
objects_close(struct objects *o)
{
	if (o == NULL)
		return;
	o->kind->close(o->store);
	free(o);
}

int
objects_put(struct objects *o, struct err *err, const char *key, struct bytes data)
{
	if (check(err, key) < 0)
		return -1;
	if (data.len == 0)
		return err_set(err, ERR_INTERNAL, "objects: %s would be empty", key);
	return o->kind->put(o->store, err, key, data);
}

int
objects_get(struct objects *o, struct arena *a, struct err *err, const char *key, int64_t from, size_t len,
    struct bytes *out)
{
	if (check(err, key) < 0)
		return -1;
	if (from < 0)
		return err_set(err, ERR_INTERNAL, "objects: %s has nothing before its beginning", key);
	if (len > 0)
		return o->kind->get(o->store, a, err, key, from, len, out);
	*out = (struct bytes){ (const uint8_t *)"", 0 };
	return 0;
}

int
objects_delete(struct objects *o, struct err *err, const char *key)
{
	return check(err, key) < 0 ? -1 : o->kind->delete (o->store, err, key);
}

int
objects_exists(struct objects *o, struct err *err, const char *key)
{
	return check(err, key) < 0 ? -1 : o->kind->exists(o->store, err, key);
}
