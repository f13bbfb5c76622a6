/*
 * docs_canonical_test.c - what says the same has the same hash, and what does not has another.
 */
#include "../../functions/docs/canonical.c"

#include "in_arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *
hash(const char *json)
{
	return canonical_hash(arena, bytes_of(json));
}

/* As the header has it, made by hand. */
static void
is_what_the_header_says(void **state)
{
	(void)state;
	assert_string_equal(hash("[]"), digest_sha256(arena, bytes_of("[")));
	assert_string_equal(hash("{}"), digest_sha256(arena, bytes_of("{")));
	assert_string_equal(hash("[1,\"a,]\\\"\",null]"), digest_sha256(arena, bytes_of("[1,\"a,]\\\"\",null,")));
	assert_string_equal(hash("{\"b\":1,\"a\":true}"), digest_sha256(arena, bytes_of("{\"a\":true,\"b\":1,")));
	const char *inner = arena_printf(arena, "{\"a\":%s,", digest_sha256(arena, bytes_of("[2,")));
	assert_string_equal(hash("{\"a\":[2]}"), digest_sha256(arena, bytes_of(inner)));
	const char *outer = arena_printf(arena, "[%s,3,", digest_sha256(arena, bytes_of(inner)));
	assert_string_equal(hash("[{\"a\":[2]},3]"), digest_sha256(arena, bytes_of(outer)));
}

static void
order_space_and_repetition_do_not_count(void **state)
{
	static const char *const same[][2] = {
		{ "{\"a\":1,\"b\":{\"c\":2,\"d\":3}}", "{\"b\":{\"d\":3,\"c\":2},\"a\":1}" },
		{ "{\"a\":1,\"ab\":2,\"a:\":3}", "{\"a:\":3,\"ab\":2,\"a\":1}" },
		{ "{\"a\":1,\"b\":0,\"a\":2}", "{\"b\":0,\"a\":2}" },
		{ "{\"__proto__\":{\"x\":1},\"a\":1}", "{\"a\":1}" },
		{ " [ \"a,\" ,\t1\r\n, { \"b\" : [ ] } ] ", "[\"a,\",1,{\"b\":[]}]" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++)
		assert_string_equal(hash(same[i][0]), hash(same[i][1]));
}

static void
all_else_does(void **state)
{
	static const char *const others[] = { "[]", "{}", "[[]]", "[{}]", "[1]",
		"[\"1\"]", "[1,2]", "[2,1]", "[[1],2]", "[[1,2]]",
		"{\"1\":2}", "{\"2\":1}", "{\"1\":[2]}", "[\"1,2\"]", "{\"a\":null}", "{\"a\":{}}", "{\"a\":[]}" };
	const size_t n = sizeof(others) / sizeof(*others);

	(void)state;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(hash(others[i]), hash(others[k]));
}

static void
depth_and_number_are_no_matter(void **state)
{
	struct buf deep = { 0 }, wide = { 0 };

	(void)state;
	for (int i = 0; i < 100000; i++)
		buf_str(&deep, "[");
	for (int i = 0; i < 100000; i++)
		buf_str(&deep, "]");
	assert_int_equal(strlen(canonical_hash(arena, buf_bytes(&deep))), DIGEST_LEN);
	for (int i = 0; i < 100000; i++)
		buf_printf(&wide, "%s\"%d\":%d", i == 0 ? "{" : ",", i * 7919 % 100000, i);
	buf_str(&wide, "}");
	assert_int_equal(strlen(canonical_hash(arena, buf_bytes(&wide))), DIGEST_LEN);
	buf_free(&deep);
	buf_free(&wide);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_what_the_header_says),
		cmocka_unit_test(order_space_and_repetition_do_not_count),
		cmocka_unit_test(all_else_does),
		cmocka_unit_test(depth_and_number_are_no_matter),
	};

	return cmocka_run_group_tests(tests, begin_arena, end_arena);
}
