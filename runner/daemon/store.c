/*
 * store.c - see store.h.
 */
#include "store.h"

#include "log.h"
#include "objects.h"

#include <stdlib.h>
#include <string.h>

#define LARGE 65536		/* functions/runs/large.h has the same for files */
#define PROGRAM_MAX (2u << 20)	/* files as JSON, with every letter escaped */

struct objects *
store_open(void)
{
	struct objects *o;
	struct err e = { 0 };

	if (objects_open(&e, &o) < 0) {
		log_error("%s", e.detail);
		exit(78);	/* EX_CONFIG of sysexits.h */
	}
	return o;
}

/* The object holds a JSON array of files; the contract's own decoder reads it as a request's. */
static struct run_new *
decode(struct slot *s, const char *language, struct bytes files)
{
	struct run_new *program = NULL;
	struct buf json = { 0 };

	buf_printf(&json, "{\"language\":\"%s\",\"files\":", language);
	buf_add(&json, files.data, files.len);
	buf_str(&json, "}");
	int r = run_new_decode(s->arena, &s->err, buf_bytes(&json), &program);
	buf_free(&json);
	return r < 0 ? NULL : program;
}

int
store_program(struct slot *s, struct run_lease_row **rows, int *n)
{
	const struct run_lease_row row = **rows;
	struct run_new *program;
	struct bytes files;

	if (s->objects == NULL)
		err_set(&s->err, ERR_INTERNAL, "VIVA_OBJECTS is not set");
	else if (objects_get(s->objects, s->arena, &s->err, row.program, 0, PROGRAM_MAX, &files) == 0 &&
	    (program = decode(s, row.language, files)) != NULL) {
		*rows = arena_array(s->arena, program->files_count, sizeof(**rows));
		*n = (int)program->files_count;
		for (int i = 0; i < *n; i++) {
			(*rows)[i] = row;
			(*rows)[i].path = program->files[i].path;
			(*rows)[i].content = program->files[i].content;
		}
		return 0;
	}
	log_warn("run %s: its files: %s", row.id, s->err.detail);
	return s->err.kind == ERR_BUSY ? -1 : 0;
}

const char *
store_output(struct job *j)
{
	struct slot *s = j->slot;
	const struct output *o = &j->output;
	struct buf all = { 0 };
	size_t len = 0;

	for (size_t i = 0; i < o->count; i++)
		len += o->chunks[i].len;
	if (len < LARGE || s->objects == NULL)
		return NULL;
	for (size_t i = 0; i < o->count; i++)
		buf_add(&all, o->chunks[i].data, o->chunks[i].len);
	const char *key = arena_printf(s->arena, "runs/%s/output.%lld", j->run.id, (long long)j->attempt);
	slot_fresh(s);
	/* Announced first: if we die now, functions/runs/sweep.c finds it. */
	int r = object_announce(s->pg, key);
	if (r >= 0)
		r = objects_put(s->objects, &s->err, key, buf_bytes(&all));
	buf_free(&all);
	if (r == 0)
		return key;
	log_warn("run %s: its output goes into the database: %s", j->run.id, s->err.detail);
	return NULL;
}

void
store_forget(struct job *j, const char *key)
{
	struct slot *s = j->slot;

	if (key == NULL)
		return;
	slot_fresh(s);
	if (objects_delete(s->objects, &s->err, key) < 0)
		log_warn("run %s: %s stays: %s", j->run.id, key, s->err.detail);
}

void
store_sweep(struct slot *s)
{
	struct objects_gone_row *gone;
	int n = s->objects == NULL ? 0 : objects_gone(s->pg, &gone);

	for (int i = 0; i < n; i++)
		if (objects_delete(s->objects, &s->err, gone[i].key) < 0 || object_forgotten(s->pg, gone[i].key) < 0) {
			log_warn("%s stays: %s", gone[i].key, s->err.detail);
			return;
		}
}
