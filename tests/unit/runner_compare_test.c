/*
 * runner_compare_test.c - what counts as the expected output, and what does not.
 */
#include "../../runner/daemon/compare.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static size_t
differs(const char *expected, const char *got)
{
	size_t there = compare_lines((const uint8_t *)expected, strlen(expected), (const uint8_t *)got, strlen(got));
	size_t back = compare_lines((const uint8_t *)got, strlen(got), (const uint8_t *)expected, strlen(expected));

	assert_int_equal(there, back);
	return there;
}

static void
white_space_at_ends_does_not_count(void **state)
{
	(void)state;
	assert_int_equal(differs("3\n", "3"), 0);
	assert_int_equal(differs("3", "3\n\n\n"), 0);
	assert_int_equal(differs("1\n2\n", "1\r\n2\r\n"), 0);
	assert_int_equal(differs("1 2 3\n", "1 2 3 \t\n"), 0);
	assert_int_equal(differs("a\n\nb", "a\n  \nb\n \n"), 0);
	assert_int_equal(differs("", " \n\r\n\t"), 0);
	assert_int_equal(differs("", ""), 0);
}

static void
all_else_does(void **state)
{
	(void)state;
	assert_int_equal(differs("3\n", "4\n"), 1);
	assert_int_equal(differs("3\n", "33\n"), 1);
	assert_int_equal(differs("1\n2\n3\n", "1\n2\n4\n"), 3);
	assert_int_equal(differs("a b", "a  b"), 1);
	assert_int_equal(differs("a", " a"), 1);
	assert_int_equal(differs("A", "a"), 1);
	assert_int_equal(differs("a\nb", "a\n\nb"), 2);
	assert_int_equal(differs("a\nb", "\na\nb"), 1);
	assert_int_equal(differs("a\rb", "a\nb"), 1);
	assert_int_equal(differs("1\n2", "1"), 2);
	assert_int_equal(differs("1", ""), 1);
	assert_int_equal(differs("\xc3\xa9", "e\xcc\x81"), 1);
}

static void
bytes_are_bytes(void **state)
{
	static const uint8_t a[] = { 'x', 0, 'y', '\n' }, b[] = { 'x', 0, 'z', '\n' }, c[] = { 'x', 0, 'y', 0 };

	(void)state;
	assert_int_equal(compare_lines(a, 4, b, 4), 1);
	assert_int_equal(compare_lines(a, 4, c, 4), 1);
	assert_int_equal(compare_lines(a, 4, a, 3), 0);
	assert_int_equal(compare_lines(a, 4, a, 1), 1);
	assert_int_equal(compare_lines(NULL, 0, NULL, 0), 0);
	assert_int_equal(compare_lines(NULL, 0, a, 4), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(white_space_at_ends_does_not_count),
		cmocka_unit_test(all_else_does),
		cmocka_unit_test(bytes_are_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
