/*
 * trace_test.c - a traceparent is taken as the W3C's Trace Context has it, and nothing else is.
 */
#include "trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define TRACE "4bf92f3577b34da6a3ce929d0e0e4736"
#define SPAN "00f067aa0ba902b7"

static void
a_valid_one_names_its_trace(void **state)
{
	char out[TRACE_LEN + 1];

	(void)state;
	assert_true(trace_of("00-" TRACE "-" SPAN "-01", out));
	assert_string_equal(out, TRACE);
	assert_true(trace_of("00-" TRACE "-" SPAN "-00", out));
	assert_true(trace_of("cc-" TRACE "-" SPAN "-01-what-comes-later", out));
}

static void
anything_else_is_none(void **state)
{
	static const char *const wrong[] = { "", "00", "00-", "00-" TRACE, "00-" TRACE "-" SPAN,
		"00-" TRACE "-" SPAN "-", "00-" TRACE "-" SPAN "-1", "00-" TRACE "-" SPAN "-011",
		"00-" TRACE "-" SPAN "-01-more", "00-" TRACE "-" SPAN "-01 ", "ff-" TRACE "-" SPAN "-01",
		"0-" TRACE "-" SPAN "-01", "00-" TRACE "-0000000000000000-01",
		"00-00000000000000000000000000000000-" SPAN "-01", "00-4BF92F3577B34DA6A3CE929D0E0E4736-" SPAN "-01",
		"00-" TRACE "0-" SPAN "-01", "00-4bf92f3577b34da6a3ce929d0e0e473-" SPAN "-01",
		"00_" TRACE "-" SPAN "-01", "cc-" TRACE "-" SPAN "-01x",
		"00-4bf92f3577b34da6a3ce929d0e0e473\"-" SPAN "-01" };
	char out[TRACE_LEN + 1] = "untouched";

	(void)state;
	assert_false(trace_of(NULL, out));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		if (trace_of(wrong[i], out))
			fail_msg("taken: %s", wrong[i]);
	assert_string_equal(out, "untouched");
}

static void
new_ones_are_valid_and_differ(void **state)
{
	char a[TRACE_LEN + 1], b[TRACE_LEN + 1];

	(void)state;
	trace_new(a);
	trace_new(b);
	assert_int_equal(strspn(a, "0123456789abcdef"), TRACE_LEN);
	assert_int_equal(strlen(a), TRACE_LEN);
	assert_string_not_equal(a, b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_valid_one_names_its_trace),
		cmocka_unit_test(anything_else_is_none),
		cmocka_unit_test(new_ones_are_valid_and_differ),
	};

	return cmocka_run_group_tests_name("trace", tests, NULL, NULL);
}
