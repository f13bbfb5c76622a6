/*
 * runs_admit_test.c - how long a run would wait, from what stands before it.
 */
#include "../../functions/runs/admit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static int64_t
waits(int64_t ahead, int64_t slots, int64_t service_ms)
{
	return admit_wait_ms(&(struct run_load_row){ .ahead = ahead, .slots = slots, .service_ms = service_ms });
}

static void
who_finds_a_free_slot_waits_for_nobody(void **state)
{
	(void)state;
	assert_int_equal(waits(0, 1, 60000), 0);
	assert_int_equal(waits(3, 4, 60000), 0);
}

static void
every_run_that_must_end_first_is_waited_for_by_all_slots_together(void **state)
{
	(void)state;
	assert_int_equal(waits(1, 1, 3000), 3000);
	assert_int_equal(waits(4, 4, 2000), 500);
	assert_int_equal(waits(23, 4, 2000), 10000);
}

static void
without_a_runner_nobody_can_say(void **state)
{
	(void)state;
	assert_int_equal(waits(100, 0, 1000), 0);
}

static void
nobody_is_sent_away_for_no_time_or_for_ever(void **state)
{
	(void)state;
	assert_int_equal(admit_retry_s(0), 1);
	assert_int_equal(admit_retry_s(1001), 2);
	assert_int_equal(admit_retry_s(INT64_C(86400000)), 120);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_finds_a_free_slot_waits_for_nobody),
		cmocka_unit_test(every_run_that_must_end_first_is_waited_for_by_all_slots_together),
		cmocka_unit_test(without_a_runner_nobody_can_say),
		cmocka_unit_test(nobody_is_sent_away_for_no_time_or_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
