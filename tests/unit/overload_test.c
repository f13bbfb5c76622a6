/*
 * overload_test.c - a burst is served, a queue that stands is not.
 */
#include "overload.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#define MS INT64_C(1000)

/* A descriptor that is readable while somebody waits, as a listening socket is. */
static int queue[2];

static int
open_queue(void **state)
{
	(void)state;
	return pipe(queue);
}

static int
close_queue(void **state)
{
	(void)state;
	return close(queue[0]) + close(queue[1]);
}

static void
somebody_comes(void)
{
	assert_int_equal(write(queue[1], "x", 1), 1);
}

static void
all_are_taken(void)
{
	char c;

	assert_int_equal(read(queue[0], &c, 1), 1);
}

static void
who_is_alone_is_served_however_long_it_took(void **state)
{
	struct overload o = { 0 };

	(void)state;
	for (int64_t now = 1; now < 5000 * MS; now += 1000 * MS)
		assert_false(overload_refuses(&o, queue[0], now, 900 * MS));
}

static void
a_burst_is_served(void **state)
{
	struct overload o = { 0 };

	(void)state;
	somebody_comes();
	for (int64_t now = 1; now < 240 * MS; now += 5 * MS)
		assert_false(overload_refuses(&o, queue[0], now, now));
	all_are_taken();
	assert_false(overload_refuses(&o, queue[0], 260 * MS, 210 * MS));
	somebody_comes();
	assert_false(overload_refuses(&o, queue[0], 270 * MS, 200 * MS));
	all_are_taken();
}

static void
where_requests_take_long_a_queue_may_stand_for_longer(void **state)
{
	struct overload o = { .mean = 20 * MS };

	(void)state;
	somebody_comes();
	assert_false(overload_refuses(&o, queue[0], 1 * MS, 500 * MS));
	assert_false(overload_refuses(&o, queue[0], 490 * MS, 500 * MS));
	assert_true(overload_refuses(&o, queue[0], 502 * MS, 500 * MS));
	all_are_taken();
}

static void
where_the_queue_stands_who_waited_long_is_refused_and_others_are_not(void **state)
{
	struct overload o = { 0 };

	(void)state;
	somebody_comes();
	assert_false(overload_refuses(&o, queue[0], 1 * MS, 500 * MS));
	assert_true(overload_refuses(&o, queue[0], 252 * MS, 500 * MS));
	assert_false(overload_refuses(&o, queue[0], 253 * MS, 9 * MS));
	assert_true(overload_refuses(&o, queue[0], 254 * MS, 11 * MS));
	assert_false(overload_refuses(&o, queue[0], 255 * MS, -1));
	all_are_taken();
	assert_false(overload_refuses(&o, queue[0], 256 * MS, 500 * MS));
	assert_int_equal(o.refused, 2);
	overload_idle(&o, 1253 * MS);
	assert_int_equal(o.refused, 2);
	overload_idle(&o, 1254 * MS);
	assert_int_equal(o.refused, 0);
}

static void
a_queue_that_was_empty_for_a_moment_need_not_stand_anew(void **state)
{
	struct overload o = { 0 };

	(void)state;
	somebody_comes();
	assert_false(overload_refuses(&o, queue[0], 1 * MS, 500 * MS));
	assert_true(overload_refuses(&o, queue[0], 252 * MS, 500 * MS));
	all_are_taken();
	overload_idle(&o, 300 * MS);
	somebody_comes();
	assert_true(overload_refuses(&o, queue[0], 900 * MS, 60 * MS));
	assert_false(overload_refuses(&o, queue[0], 1900 * MS, 60 * MS));
	assert_int_equal(o.refused, 0);
	assert_false(overload_refuses(&o, queue[0], 1901 * MS, 60 * MS));
	assert_false(overload_refuses(&o, queue[0], 2150 * MS, 60 * MS));
	assert_true(overload_refuses(&o, queue[0], 2151 * MS, 60 * MS));
	all_are_taken();
}

/* Two who meet at the door, once a second, are no queue: in between there was nothing to do. */
static void
who_had_to_wait_for_work_is_not_overloaded(void **state)
{
	struct overload o = { 0 };

	(void)state;
	somebody_comes();
	for (int64_t now = 1; now < 10000 * MS; now += 1100 * MS) {
		assert_false(overload_refuses(&o, queue[0], now, 60 * MS));
		overload_served(&o, 1 * MS);
		overload_idle(&o, now);
	}
	all_are_taken();
}

static void
of_a_long_row_one_is_served(void **state)
{
	struct overload o = { 0 };
	int served = 0;

	(void)state;
	somebody_comes();
	assert_false(overload_refuses(&o, queue[0], 1 * MS, 500 * MS));
	overload_served(&o, 1 * MS);
	for (int i = 0; i < 1000; i++)
		if (!overload_refuses(&o, queue[0], 1100 * MS + 100 * i, 500 * MS)) {
			served++;
			overload_served(&o, 1 * MS);
		}
	assert_in_range(served, 10, 100);
	for (int i = 0; i < 100; i++)
		overload_served(&o, 20 * MS);
	for (int i = 0; i < 199; i++)	/* a row is as long as serving one */
		assert_true(overload_refuses(&o, queue[0], 2000 * MS + 100 * i, 500 * MS));
	assert_false(overload_refuses(&o, queue[0], 2020 * MS, 500 * MS));
	all_are_taken();
}

static void
who_takes_long_lets_others_wait_as_long(void **state)
{
	struct overload o = { 0 };

	(void)state;
	for (int i = 0; i < 100; i++)
		overload_served(&o, 200 * MS);
	somebody_comes();
	assert_false(overload_refuses(&o, queue[0], 1 * MS, 250 * MS));
	assert_false(overload_refuses(&o, queue[0], 1100 * MS, 190 * MS));
	assert_true(overload_refuses(&o, queue[0], 1100 * MS, 210 * MS));
	all_are_taken();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_alone_is_served_however_long_it_took),
		cmocka_unit_test(a_burst_is_served),
		cmocka_unit_test(where_requests_take_long_a_queue_may_stand_for_longer),
		cmocka_unit_test(where_the_queue_stands_who_waited_long_is_refused_and_others_are_not),
		cmocka_unit_test(a_queue_that_was_empty_for_a_moment_need_not_stand_anew),
		cmocka_unit_test(who_had_to_wait_for_work_is_not_overloaded),
		cmocka_unit_test(of_a_long_row_one_is_served),
		cmocka_unit_test(who_takes_long_lets_others_wait_as_long),
	};

	return cmocka_run_group_tests_name("overload", tests, open_queue, close_queue);
}
