/*
 * submit.c - POST /api/rooms/{room}/runs: run files in a sandbox, those of the body or those of the document.
 *
 * The row in `run`, written together with its event, is the job; the stream `jobs` only rings the runner's bell. When
 * we die between the two the reconciler rings later. A client that got no answer asks again with the same
 * idempotency key and gets the same run.
 */
#include "admit.h"
#include "large.h"
#include "run.h"
#include "run_files.h"
#include "testcases.h"

#include <string.h>

#define FILES_MAX 262144	/* bytes of all files; one alone is bounded by the contract */
#define WALL_MS 10000		/* when nothing is said */
#define WALL_MS_TYPED 180000	/* where people type, who think */
#define WALL_MS_ALL 180000	/* of all test cases together: as long as the longest run */

/* Whether a is b, or a folder that b is in. */
static bool
is_or_holds(const char *a, const char *b)
{
	size_t len = strlen(a);

	return strncmp(a, b, len) == 0 && (b[len] == '\0' || b[len] == '/');
}

/* The contract bounds the number of files, so that every pair can be looked at. */
static int
check_path(struct fn *fn, const struct run_new *in, size_t i)
{
	const char *field = arena_printf(fn->arena, "/files/%zu/path", i);

	for (size_t j = 0; j < i; j++) {
		const char *a = in->files[j].path, *b = in->files[i].path;
		if (strcmp(a, b) == 0)
			return err_field(&fn->err, field, "%s is there twice", b);
		if (is_or_holds(a, b) || is_or_holds(b, a))
			return err_field(&fn->err, field, "%s and %s: a file cannot be a folder, too", a, b);
	}
	return 0;
}

static bool
is_test(const struct run_new *in)
{
	return in->cases_count > 0 || in->test;
}

static int
check_cases(struct fn *fn, const struct run_new *in)
{
	if (!is_test(in))
		return 0;
	if (in->cases_count > 0 && in->test)
		return err_field(&fn->err, "/test", "either the room's test cases or others: not both");
	if (in->input != NULL)
		return err_field(&fn->err, "/input", "a test run reads what its cases say");
	if (in->interactive || in->terminal != NULL)
		return err_field(&fn->err, in->interactive ? "/interactive" : "/terminal",
		    "nobody types into a test run");
	for (size_t i = 0; i < in->cases_count; i++)
		if (in->cases[i].hidden && !cases_interviewer(fn))
			return err_field(&fn->err, arena_printf(fn->arena, "/cases/%zu/hidden", i),
			    "only interviewers hide test cases");
	return cases_check(fn, in->cases, in->cases_count);
}

static int
check_language(struct fn *fn, const char *name)
{
	struct language_known_row *row;
	int n = language_known(fn->pg, &row, name);

	if (n == 0)
		return err_field(&fn->err, "/language", "%s cannot be run here: GET /api/languages lists what can",
		    name);
	if (n > 0 && !row->ready)
		return err_field(&fn->err, "/language", "%s cannot be run yet: %s", row->title,
		    row->detail != NULL ? row->detail : "try again in a while");
	return n < 0 ? -1 : 0;
}

static int
check(struct fn *fn, const struct run_new *in)
{
	size_t size = 0;

	for (size_t i = 0; i < in->files_count; i++) {
		size += strlen(in->files[i].content);
		if (check_path(fn, in, i) < 0)
			return -1;
	}
	if (size > FILES_MAX)
		return err_field(&fn->err, "/files", "%zu bytes are more than the %d that can be run", size, FILES_MAX);
	return check_language(fn, in->language) < 0 ? -1 : check_cases(fn, in);
}

/* 1 with *id when the idempotency key has a run already, 0, or -1. */
static int
find_same(struct fn *fn, const char *room, const char *key, const char **id)
{
	struct run_by_key_row *row;
	int n = key == NULL ? 0 : run_by_key(fn->pg, &row, room, key);

	if (n > 0)
		*id = row->id;
	return n;
}

/* A program at a terminal is always typed into. */
static bool
is_interactive(const struct run_new *in)
{
	return in->interactive || in->terminal != NULL;
}

static int64_t
wall_ms(const struct run_new *in)
{
	if (in->has_wall_ms)
		return in->wall_ms;
	return is_interactive(in) ? WALL_MS_TYPED : WALL_MS;
}

/* A run that is asked for: its files as JSON, and where they go if they are too large for its row. */
struct wanted {
	const char *room, *id, *files, *program;
	const struct run_new *in;
};

static int
insert(struct fn *fn, const struct wanted *w)
{
	const struct run_new *in = w->in;

	if (w->program != NULL && large_program(fn, w->program, bytes_of(w->files)) < 0)
		return -1;
	return run_insert(fn->pg, w->id, w->room, fn->me.participant, in->idempotency_key, in->language,
		   w->program != NULL ? "[]" : w->files, in->input != NULL ? in->input : "", wall_ms(in),
		   is_interactive(in), in->terminal != NULL ? &in->terminal->rows : NULL,
		   in->terminal != NULL ? &in->terminal->columns : NULL, w->program, fn->trace) < 0 ? -1 : 0;
}

static int
insert_cases(struct fn *fn, const char *room, const struct run_new *in, const char *id)
{
	int n = in->test ? run_case_copy(fn->pg, id, room)
			 : run_case_insert(fn->pg, id, cases_json(fn, in->cases, in->cases_count));

	if (n == 0)
		return err_field(&fn->err, "/test", "this room has no test cases");
	return n < 0 || run_case_limit(fn->pg, id, WALL_MS_ALL) < 0 ? -1 : 0;
}

/* In a transaction: 1 when the run is new, 0 when it was there, -1. */
static int
submit(struct fn *fn, const struct wanted *w, const char **id)
{
	struct run_lock_row *lock;

	if (run_lock(fn->pg, &lock, w->room) < 0)
		return -1;
	int same = find_same(fn, w->room, w->in->idempotency_key, id);
	if (same != 0)
		return same < 0 ? -1 : 0;
	if (admit(fn, w->room, w->in->language) < 0 || insert(fn, w) < 0)
		return -1;
	*id = w->id;
	return is_test(w->in) && insert_cases(fn, w->room, w->in, w->id) < 0 ? -1 : 1;
}

static int
want(struct fn *fn, const char *room, const struct run_new *in, struct wanted *w)
{
	char *id = arena_alloc(fn->arena, ID_LEN + 1);
	struct buf files = { 0 };

	id_new(id);
	run_files_encode(&files, in->files, in->files_count);
	*w = (struct wanted){ .room = room, .id = id, .in = in };
	w->files = arena_strndup(fn->arena, buf_cstr(&files), files.len);
	int r = large_announce(fn, id, buf_bytes(&files), &w->program);
	buf_free(&files);
	return r;
}

/* Where the files come from: the body, or the room's document. What is wrong in the latter is nowhere in the body. */
static int
take(struct fn *fn, const char *room, const struct run_new *in, struct run_new *out)
{
	*out = *in;
	if (in->document && in->files_count > 0)
		return err_field(&fn->err, "/document", "either the room's files or others: not both");
	if (!in->document && in->files_count == 0)
		return err_field(&fn->err, "/files", "is missing: send files, or ask for those of the document");
	if (in->document && run_from_document(fn, room, out) < 0)
		return -1;
	if (check(fn, out) == 0)
		return 0;
	if (in->document && strncmp(fn->err.field, "/files", 6) == 0)
		strcpy(fn->err.field, "/document");
	return -1;
}

int
runs_submit(struct fn *fn, const struct runs_submit_params *params, const struct run_new *in, struct run *out)
{
	struct run_find_row *row;
	struct run_new new_run;
	struct wanted wanted;
	const char *id;

	if (take(fn, params->room, in, &new_run) < 0 || want(fn, params->room, &new_run, &wanted) < 0 ||
	    pg_begin(fn->pg) < 0)
		return -1;
	int new = submit(fn, &wanted, &id);
	if (new < 0 || run_find(fn->pg, &row, id, NULL, 1) <= 0) {
		pg_rollback(fn->pg);
		return err_set(&fn->err, ERR_INTERNAL, "a run that was just written is not there");
	}
	/* Read before the commit: a runner may take it the moment after, and the queue comes first. */
	run_show(fn, row, out);
	if (pg_commit(fn->pg) < 0)
		return -1;
	if (new) {
		run_tell(fn, out);
		run_ring(fn, "jobs", id);
	}
	return 0;
}
