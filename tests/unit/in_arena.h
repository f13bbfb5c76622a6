/*
 * in_arena.h - an arena for a group of tests: cmocka_run_group_tests(tests, begin_arena, end_arena).
 */
#ifndef TEST_IN_ARENA_H
#define TEST_IN_ARENA_H

#include "arena.h"

static struct arena *arena;

static int
begin_arena(void **state)
{
	(void)state;
	arena = arena_new(4096);
	return 0;
}

static int
end_arena(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

#endif
