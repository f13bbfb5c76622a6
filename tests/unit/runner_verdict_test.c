/*
 * runner_verdict_test.c - where several things are true of a run, the first that counts is told.
 */
#include "../../runner/daemon/language.h"
#include "../../runner/daemon/verdict.h"

#include "in_arena.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct run
judged(struct facts f)
{
	struct run run = { 0 };

	f.ended = true;
	f.wall_limit_ms = 10000;
	f.output_limit = 1 << 20;
	f.memory_limit = 256 << 20;
	verdict(arena, &f, &run);
	return run;
}

#define EXIT(code) .ending = { .status = (code) << 8 }
#define SIGNAL(n) .ending = { .status = (n) }

static void
what_counts_first(void **state)
{
	(void)state;
	assert_int_equal(
	    judged((struct facts){ .cancelled = true, .over = true, .late = true }).status, RUN_STATUS_CANCELLED);
	assert_int_equal(judged((struct facts){ .over = true, .late = true, .oom_kills = 1, SIGNAL(9) }).status,
	    RUN_STATUS_OUTPUT_LIMIT);
	assert_int_equal(
	    judged((struct facts){ .late = true, .oom_kills = 1, SIGNAL(9) }).status, RUN_STATUS_TIME_LIMIT);
	assert_int_equal(judged((struct facts){ .oom_kills = 1, SIGNAL(9) }).status, RUN_STATUS_MEMORY_LIMIT);
	assert_int_equal(judged((struct facts){ .oom_kills = 0, SIGNAL(9) }).status, RUN_STATUS_RUNTIME_ERROR);
	assert_int_equal(judged((struct facts){ .oom_kills = -1, EXIT(0) }).status, RUN_STATUS_OK);
}

static void
a_program_that_did_well_though_its_child_was_killed_did_well(void **state)
{
	(void)state;
	assert_int_equal(judged((struct facts){ .oom_kills = 2, EXIT(0) }).status, RUN_STATUS_OK);
	assert_int_equal(judged((struct facts){ .oom_kills = 2, EXIT(1) }).status, RUN_STATUS_MEMORY_LIMIT);
}

static void
exit_codes_and_signals_are_told_apart(void **state)
{
	struct run run = judged((struct facts){ EXIT(137) });

	(void)state;
	assert_true(run.has_exit_code && run.exit_code == 137 && !run.has_signal && run.detail == NULL);
	run = judged((struct facts){ SIGNAL(SIGKILL) });
	assert_true(!run.has_exit_code && run.has_signal && run.signal == SIGKILL);
	run = judged((struct facts){ SIGNAL(SIGSEGV | 0x80) });		/* with a core dumped */
	assert_int_equal(run.signal, SIGSEGV);
	assert_non_null(strstr(run.detail, "SIGSEGV"));
	run = judged((struct facts){ SIGNAL(40) });
	assert_string_equal(run.detail, "signal 40 ended it");
}

static void
limits_are_told_in_words(void **state)
{
	(void)state;
	assert_string_equal(judged((struct facts){ .late = true }).detail, "stopped after 10.0 s");
	assert_string_equal(judged((struct facts){ .over = true }).detail, "it printed more than 1 MiB");
	assert_string_equal(judged((struct facts){ .failed = "why" }).detail, "why");
	assert_int_equal(judged((struct facts){ .uncompiled = "why", .late = true }).status, RUN_STATUS_COMPILE_ERROR);
}

static void
a_language_is_data(void **state)
{
	struct lang l = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(language_parse(arena, &e, "x", "# a comment\ntitle  Some Lang\nfile main.x\n"
	    "packages  a b\nrun /usr/bin/x -q {file}\nenv A=1\nenv B=2 3\nhold /bin/y {file}\nwarm 2\n", &l), 0);
	assert_int_equal(l.hold_count, 2);
	assert_int_equal(l.warm, 2);
	assert_string_equal(l.title, "Some Lang");
	assert_int_equal(l.run_count, 3);
	assert_string_equal(l.run[2], "{file}");
	assert_string_equal(l.env[1], "B=2 3");
}

static void
a_language_that_cannot_be_is_refused_with_its_place(void **state)
{
	static const char *const bad[] = { "", "title A\nfile a\n", "title A\nfile a\nrun x\n", "colour red\n",
		"title A\nfile a\nrun /x\nenv novalue\n", "title A\nfile a\nrun /x\nhold x\n",
		"title A\nfile a\nrun /x\nwarm 33\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct lang l = { 0 };
		struct err e = { 0 };
		assert_int_equal(language_parse(arena, &e, "there/language", bad[i], &l), -1);
		assert_non_null(strstr(e.detail, "there/language"));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_counts_first),
		cmocka_unit_test(a_program_that_did_well_though_its_child_was_killed_did_well),
		cmocka_unit_test(exit_codes_and_signals_are_told_apart),
		cmocka_unit_test(limits_are_told_in_words),
		cmocka_unit_test(a_language_is_data),
		cmocka_unit_test(a_language_that_cannot_be_is_refused_with_its_place),
	};
	return cmocka_run_group_tests(tests, begin_arena, end_arena);
}
