/*
 * tokens_test.c - checked tokens, remembered: for as long as they are good, and each with what is its own.
 */
#include "tokens.h"

#include "in_secrets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define SUBJECT "AAAAAAAAAAAAAAAAAAAAAA"
#define SESSION "BBBBBBBBBBBBBBBBBBBBBB"
#define ROOM "CCCCCCCCCCCCCCCCCCCCCC"

static const char *
token_for(const char *subject, const char *room)
{
	struct claims c = { .subject = subject, .session = SESSION, .room = room };
	struct err e = { 0 };
	const char *token = NULL;

	assert_int_equal(jwt_sign(keys, arena, &e, &c, 60, &token), 0);
	return token;
}

static int
verify(const char *token, int64_t now, struct claims *c, struct member_memo **memo)
{
	struct err e = { 0 };

	return tokens_verify(keys, arena, &e, token, now, c, memo);
}

static void
the_second_time_is_as_the_first(void **state)
{
	const char *token = token_for(SUBJECT, ROOM);
	struct member_memo *first, *second;
	struct claims c;

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(verify(token, time(NULL), &c, i == 0 ? &first : &second), 0);
		assert_string_equal(c.subject, SUBJECT);
		assert_string_equal(c.session, SESSION);
		assert_string_equal(c.room, ROOM);
	}
	assert_non_null(first);
	assert_ptr_equal(first, second);
	assert_int_equal(verify(token_for(SUBJECT, NULL), time(NULL), &c, &first), 0);
	assert_null(c.room);
}

static void
a_remembered_one_expires_like_any_other(void **state)
{
	const char *token = token_for(SUBJECT, NULL);
	struct member_memo *memo;
	struct claims c;

	(void)state;
	assert_int_equal(verify(token, time(NULL), &c, &memo), 0);
	assert_int_equal(verify(token, time(NULL) + 61, &c, &memo), -1);
	assert_null(memo);
}

static void
one_that_is_no_good_is_not_remembered(void **state)
{
	char *token = arena_strdup(arena, token_for(SUBJECT, NULL));
	struct member_memo *memo;
	struct claims c;

	(void)state;
	token[strlen(token) - 2] = token[strlen(token) - 2] == 'A' ? 'B' : 'A';
	for (int i = 0; i < 2; i++)
		assert_int_equal(verify(token, time(NULL), &c, &memo), -1);
	assert_null(memo);
}

/* As many as there is no room for: whoever takes another's place is not taken for the other. */
static void
a_place_that_changes_hands_forgets_whom_it_had(void **state)
{
	struct member_memo *memo;
	struct claims c;

	(void)state;
	for (int i = 0; i < 6000; i++) {
		const char *subject = arena_printf(arena, "%022d", i), *token = token_for(subject, NULL);
		assert_int_equal(verify(token, time(NULL), &c, &memo), 0);
		assert_string_equal(c.subject, subject);
		assert_string_equal(memo->room, "");
		assert_int_equal(memo->alive, 0);
		strcpy(memo->room, ROOM);
		memo->alive = 1;
		arena_reset(arena);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_second_time_is_as_the_first),
		cmocka_unit_test(a_remembered_one_expires_like_any_other),
		cmocka_unit_test(one_that_is_no_good_is_not_remembered),
		cmocka_unit_test(a_place_that_changes_hands_forgets_whom_it_had),
	};

	return cmocka_run_group_tests_name("tokens", tests, begin_secrets, end_secrets);
}
