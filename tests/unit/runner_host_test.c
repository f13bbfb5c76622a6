/*
 * runner_host_test.c - what the kernel says of memory, and clocks that are set.
 */
#include "../../runner/daemon/host.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void
memory_is_what_may_still_be_used(void **state)
{
	(void)state;
	assert_int_equal(host_available("MemTotal:        8000000 kB\nMemFree:          100000 kB\n"
					"MemAvailable:    2000000 kB\nBuffers: 1 kB\n"),
	    INT64_C(2000000) * 1024);
	assert_int_equal(host_available("MemTotal: 8 kB\n"), -1);
	assert_int_equal(host_available(""), -1);
}

static void
a_clock_that_is_set_is_noticed_once(void **state)
{
	(void)state;
	assert_int_equal(host_clock_set(1000000, 5000), 0);
	assert_int_equal(host_clock_set(1003000, 8000), 0);
	assert_int_equal(host_clock_set(1006400, 11000), 0);		/* 0.4 s: it is being kept right */
	assert_int_equal(host_clock_set(4609400, 14000), 3600000);	/* an hour forward */
	assert_int_equal(host_clock_set(4612400, 17000), 0);
	assert_int_equal(host_clock_set(1015400, 20000), -3600000);
	assert_int_equal(host_clock_set(1018400, 23000), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_what_may_still_be_used),
		cmocka_unit_test(a_clock_that_is_set_is_noticed_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
