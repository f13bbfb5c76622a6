/*
 * docs_segment_test.c - a stretch of log goes into bytes and comes back.
 */
#include "../../functions/docs/segment.c"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <stddef.h>

#include <cmocka.h>

static void
records_come_back_in_order(void **state)
{
	struct buf b = { 0 };
	struct segment_record in = { 1700000000123, 7, bytes_of("ann"), bytes_of("update") }, out;
	struct segment_record second = { 1700000000124, 0, bytes_of("bob"), bytes_of("") };

	(void)state;
	segment_add(&b, &in);
	segment_add(&b, &second);
	struct bytes rest = buf_bytes(&b);
	assert_true(segment_next(&rest, &out));
	assert_int_equal(out.ms, in.ms);
	assert_int_equal(out.seq, 7);
	assert_memory_equal(out.participant.data, "ann", 3);
	assert_int_equal(out.update.len, 6);
	assert_true(segment_next(&rest, &out));
	assert_int_equal(out.update.len, 0);
	assert_false(segment_next(&rest, &out));
	assert_int_equal(rest.len, 0);
	buf_free(&b);
}

static void
a_cut_record_is_not_taken_and_not_eaten(void **state)
{
	struct buf b = { 0 };
	struct segment_record in = { 1, 2, bytes_of("ann"), bytes_of("update") }, out;

	(void)state;
	segment_add(&b, &in);
	for (size_t len = 0; len < b.len; len++) {
		struct bytes rest = { b.data, len };
		assert_false(segment_next(&rest, &out));
		assert_int_equal(rest.len, len);
	}
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_come_back_in_order),
		cmocka_unit_test(a_cut_record_is_not_taken_and_not_eaten),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
