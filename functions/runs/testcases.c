/*
 * testcases.c - GET and PUT /api/rooms/{room}/cases: the room's test cases. See testcases.h.
 *
 * The event that they were replaced carries none of them: everyone in the room hears the same channel.
 */
#include "testcases.h"

#include "queries_runs.h"

#include <string.h>

bool
cases_interviewer(const struct fn *fn)
{
	return strcmp(fn->me.role, "owner") == 0 || strcmp(fn->me.role, "interviewer") == 0;
}

int
cases_check(struct fn *fn, const struct test_case_new *cases, size_t n)
{
	size_t size = 0;

	for (size_t i = 0; i < n; i++)
		size += strlen(cases[i].input) + strlen(cases[i].expected);
	if (size > CASES_BYTES_MAX)
		return err_field(&fn->err, "/cases", "%zu bytes in all are more than the %d that are allowed", size,
		    CASES_BYTES_MAX);
	return 0;
}

const char *
cases_json(struct fn *fn, const struct test_case_new *cases, size_t n)
{
	struct test_case_set set = { .cases = (struct test_case_new *)cases, .cases_count = n };
	struct buf json = { 0 };

	test_case_set_encode(&json, &set);
	const char *copy = arena_strdup(fn->arena, buf_cstr(&json));
	buf_free(&json);
	return copy;
}

int
runs_cases(struct fn *fn, const struct runs_cases_params *params, struct test_case_list *out)
{
	struct room_case_list_row *rows;
	int n = room_case_list(fn->pg, &rows, params->room);
	bool all = cases_interviewer(fn);

	if (n < 0)
		return -1;
	out->cases_count = (size_t)n;
	out->cases = arena_array(fn->arena, (size_t)n, sizeof(*out->cases));
	for (int i = 0; i < n; i++) {
		bool open = all || !rows[i].hidden;
		out->cases[i] = (struct test_case){ .number = rows[i].number, .name = rows[i].name,
			.hidden = rows[i].hidden, .input = open ? rows[i].input : NULL,
			.expected = open ? rows[i].expected : NULL };
	}
	return 0;
}

/* Two who save at once come one after the other: the last one's set is whole. */
static int
replace(struct fn *fn, const char *room, const struct test_case_set *in)
{
	const char *json = cases_json(fn, in->cases, in->cases_count);
	struct run_lock_row *lock;

	if (pg_begin(fn->pg) < 0)
		return -1;
	if (run_lock(fn->pg, &lock, room) < 0 || room_case_set(fn->pg, room, json, fn->me.participant) < 0) {
		pg_rollback(fn->pg);
		return -1;
	}
	return pg_commit(fn->pg);
}

static void
tell(struct fn *fn, const char *room, size_t total)
{
	struct cases_event event = { .type = CASES_EVENT_TYPE_CASES, .total = (int64_t)total };
	struct buf json = { 0 };

	cases_event_encode(&json, &event);
	fn_tell_room(fn, room, &json);
	buf_free(&json);
}

int
runs_set_cases(struct fn *fn, const struct runs_set_cases_params *params, const struct test_case_set *in,
    struct test_case_list *out)
{
	if (cases_check(fn, in->cases, in->cases_count) < 0 || replace(fn, params->room, in) < 0)
		return -1;
	tell(fn, params->room, in->cases_count);
	return runs_cases(fn, &(struct runs_cases_params){ .room = params->room }, out);
}
