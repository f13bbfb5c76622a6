/*
 * large.c - see large.h.
 */
#include "large.h"

#include "objects.h"
#include "queries_runs.h"

/* One handle for the life of the process, opened when it is first needed. */
static int
store(struct fn *fn, struct objects **out)
{
	static struct objects *opened;
	static bool known;

	if (!known && objects_open(&fn->err, &opened) < 0)
		return -1;
	known = true;
	*out = opened;
	return 0;
}

int
large_announce(struct fn *fn, const char *run, struct bytes files, const char **key)
{
	struct objects *o = NULL;

	*key = NULL;
	if (files.len < LARGE)
		return 0;
	if (store(fn, &o) < 0 || o == NULL)
		return o == NULL && fn->err.kind == ERR_NONE ? 0 : -1;
	*key = arena_printf(fn->arena, "runs/%s/program", run);
	return object_announce(fn->pg, *key) < 0 ? -1 : 0;
}

int
large_program(struct fn *fn, const char *key, struct bytes files)
{
	struct objects *o = NULL;

	return store(fn, &o) < 0 ? -1 : objects_put(o, &fn->err, key, files);
}

int
large_read(struct fn *fn, const char *key, int64_t from, size_t len, struct bytes *out)
{
	struct objects *o = NULL;

	if (store(fn, &o) < 0)
		return -1;
	if (o == NULL)
		return err_set(&fn->err, ERR_INTERNAL, "%s was stored, and VIVA_OBJECTS is not set now", key);
	if (objects_get(o, fn->arena, &fn->err, key, from, len, out) < 0) {
		/* To the caller an object that is missing is our mistake, not a thing that is not there. */
		if (fn->err.kind == ERR_NOT_FOUND)
			fn->err.kind = ERR_INTERNAL;
		return -1;
	}
	return out->len == len ? 0 : err_set(&fn->err, ERR_INTERNAL, "%s is shorter than it was", key);
}
