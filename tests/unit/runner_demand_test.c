/*
 * runner_demand_test.c - how many containers are kept warm, for who comes often, seldom, and not any more.
 */
#include "../../runner/daemon/demand.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Asked for so often a second, for a minute; the time at its end. */
static int64_t
asked_for(struct demand *d, double per_second)
{
	int64_t now = 1000;

	for (int i = 0; i < 60 * per_second; i++)
		demand_asked(d, now = 1000 + (int64_t)(i * 1000 / per_second));
	return now;
}

static void
a_language_nobody_used_has_what_it_always_has(void **state)
{
	struct demand d = { 0 };

	(void)state;
	assert_int_equal(demand_target(&d, 1000, 0), 0);
	assert_int_equal(demand_target(&d, 1000, 2), 2);
}

static void
one_use_keeps_one_for_ten_minutes(void **state)
{
	struct demand d = { 0 };

	(void)state;
	demand_asked(&d, 5000);
	assert_int_equal(demand_target(&d, 5000 + 60000, 0), 1);
	assert_int_equal(demand_target(&d, 5000 + DEMAND_RECENT_MS - 1, 0), 1);
	assert_int_equal(demand_target(&d, 5000 + DEMAND_RECENT_MS, 0), 0);
}

static void
the_target_is_what_arrives_in_a_refill_and_a_reserve(void **state)
{
	static const struct { double per_second; int target; } cases[] = {
		{ 1, 2 },	/* R = 0.5: 0.5 + 1.06 */
		{ 4, 5 },	/* R = 2: 2 + 2.12 */
		{ 20, 15 },	/* R = 10: 10 + 4.74 */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct demand d = { 0 };
		demand_made(&d, 500, 0);
		int64_t now = asked_for(&d, cases[i].per_second);
		assert_int_equal(demand_target(&d, now, 0), cases[i].target);
	}
}

static void
a_rush_is_forgotten(void **state)
{
	struct demand d = { 0 };

	(void)state;
	int64_t now = asked_for(&d, 10);
	assert_true(demand_target(&d, now, 0) > 4);
	assert_int_equal(demand_target(&d, now + 60000, 0), 1);
	assert_int_equal(demand_target(&d, now + 60000, 2), 2);
}

static void
slow_refills_want_more(void **state)
{
	struct demand quick = { 0 }, slow = { 0 };

	(void)state;
	demand_made(&quick, 200, 0);
	demand_made(&slow, 2000, 0);
	int64_t now = asked_for(&quick, 3);
	asked_for(&slow, 3);
	assert_true(demand_target(&slow, now, 0) > 2 * demand_target(&quick, now, 0));
}

static void
the_cost_is_what_was_seen(void **state)
{
	struct demand d = { 0 };

	(void)state;
	assert_true(demand_cost(&d) > 0);
	demand_made(&d, 300, 40 << 20);
	assert_int_equal(demand_cost(&d), 50 << 20);
	for (int i = 0; i < 100; i++)
		demand_made(&d, 300, 90 << 20);
	assert_in_range(demand_cost(&d), 99 << 20, 100 << 20);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_language_nobody_used_has_what_it_always_has),
		cmocka_unit_test(one_use_keeps_one_for_ten_minutes),
		cmocka_unit_test(the_target_is_what_arrives_in_a_refill_and_a_reserve),
		cmocka_unit_test(a_rush_is_forgotten),
		cmocka_unit_test(slow_refills_want_more),
		cmocka_unit_test(the_cost_is_what_was_seen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
