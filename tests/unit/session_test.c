/*
 * session_test.c - refresh tokens: what follows from which, and what cannot be one.
 */
#include "session.h"

#include "in_arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void
a_new_one_is_its_sessions_and_like_no_other(void **state)
{
	struct session_key a, b, read;

	(void)state;
	session_new(arena, &a);
	session_new(arena, &b);
	assert_string_not_equal(a.id, b.id);
	assert_string_not_equal(a.token + ID_LEN, b.token + ID_LEN);
	assert_true(session_key_of(arena, a.token, &read));
	assert_string_equal(read.id, a.id);
	assert_string_equal(read.hash, a.hash);
	assert_string_equal(a.hash, session_hash(arena, a.token));
	assert_null(strstr(a.hash, a.token));
}

/* Who has the table, or a token of before, has not both. */
static void
the_next_follows_from_the_token_and_the_salt(void **state)
{
	struct session_key first, other, next, again;

	(void)state;
	session_new(arena, &first);
	session_next(arena, &first, "AAAAAAAAAAAAAAAAAAAAAA", &next);
	session_next(arena, &first, "AAAAAAAAAAAAAAAAAAAAAA", &again);
	assert_string_equal(next.token, again.token);
	assert_string_equal(next.id, first.id);
	assert_string_not_equal(next.token, first.token);
	session_next(arena, &first, "AAAAAAAAAAAAAAAAAAAAAB", &again);
	assert_string_not_equal(next.token, again.token);
	other = first;
	other.token = arena_printf(arena, "%.*sx", (int)strlen(first.token) - 1, first.token);
	session_next(arena, &other, "AAAAAAAAAAAAAAAAAAAAAA", &again);
	assert_string_not_equal(next.token, again.token);
}

static void
what_cannot_be_ours_is_none(void **state)
{
	struct session_key good, read;

	(void)state;
	session_new(arena, &good);
	assert_false(session_key_of(arena, "", &read));
	assert_false(session_key_of(arena, good.id, &read));
	assert_false(session_key_of(arena, arena_printf(arena, "%sx", good.token), &read));
	assert_false(session_key_of(arena, arena_printf(arena, "/%s", good.token + 1), &read));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_one_is_its_sessions_and_like_no_other),
		cmocka_unit_test(the_next_follows_from_the_token_and_the_salt),
		cmocka_unit_test(what_cannot_be_ours_is_none),
	};

	return cmocka_run_group_tests_name("session", tests, begin_arena, end_arena);
}
