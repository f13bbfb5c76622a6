/*
 * arena_test.c - memory that dies together.
 */
#include "arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static int undone;

static void
undo(void *digit)
{
	undone = undone * 10 + *(int *)digit;
}

static void
reset_runs_deferred_calls_last_first(void **state)
{
	struct arena *a = arena_new(64);
	int one = 1, two = 2;

	(void)state;
	undone = 0;
	arena_defer(a, undo, &one);
	arena_defer(a, undo, &two);
	arena_reset(a);
	assert_int_equal(undone, 21);
	arena_reset(a);
	assert_int_equal(undone, 21);
	arena_free(a);
}

static void
free_runs_deferred_calls(void **state)
{
	struct arena *a = arena_new(64);
	int one = 1;

	(void)state;
	undone = 0;
	arena_defer(a, undo, &one);
	arena_free(a);
	assert_int_equal(undone, 1);
	arena_free(NULL);
}

static void
allocations_are_aligned_and_apart(void **state)
{
	struct arena *a = arena_new(64);
	char *before = arena_alloc(a, 1);

	(void)state;
	*before = 1;
	for (size_t size = 1; size < 5000; size = size * 3 + 1) {
		char *p = arena_alloc(a, size);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		memset(p, 7, size);
		assert_int_equal(*before, 1);
	}
	arena_free(a);
}

static void
arrays_are_zeroed(void **state)
{
	struct arena *a = arena_new(64);

	(void)state;
	memset(arena_alloc(a, 64), 0xff, 64);
	arena_reset(a);
	const uint64_t *n = arena_array(a, 4, sizeof(*n));
	assert_int_equal(n[0] | n[1] | n[2] | n[3], 0);
	assert_non_null(arena_array(a, 0, 8));
	arena_free(a);
}

static void
copies_end_in_a_nul(void **state)
{
	struct arena *a = arena_new(8);

	(void)state;
	assert_string_equal(arena_strndup(a, "hello there", 5), "hello");
	assert_string_equal(arena_strndup(a, NULL, 0), "");
	assert_string_equal(arena_printf(a, "%d-%s", 7, "x"), "7-x");
	assert_null(arena_strdup(a, NULL));
	assert_true(arena_used(a) > 0);
	arena_reset(a);
	assert_int_equal(arena_used(a), 0);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reset_runs_deferred_calls_last_first),
		cmocka_unit_test(free_runs_deferred_calls),
		cmocka_unit_test(allocations_are_aligned_and_apart),
		cmocka_unit_test(arrays_are_zeroed),
		cmocka_unit_test(copies_end_in_a_nul),
	};

	return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
