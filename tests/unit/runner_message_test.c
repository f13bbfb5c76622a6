/*
 * runner_message_test.c - a job goes to the init and comes out the same; what was bent on the way does not.
 */
#include "../../runner/init/message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct program_text
text(const char *s)
{
	return (struct program_text){ s, (uint32_t)strlen(s) };
}

static struct program
sample(void)
{
	return (struct program){ .flags = PROGRAM_TERMINAL | PROGRAM_ARTIFACT, .rows = 24, .columns = 65535,
		.artifact = text("bin/a.out"), .uid = 10003, .file_limit = 1 << 20, .open_limit = 512, .argc = 2,
		.envc = 1, .filec = 2, .argv = { text("/usr/bin/python3"), text("main.py") },
		.env = { text("LANG=C.UTF-8") },
		.files = { { text("main.py"), text("print(1)\n") }, { text("pkg/mod.py"), { "a\0b", 3 } } } };
}

/* The body of a frame in memory of exactly its size, so that ASan sees a step too far. */
static uint8_t *
body_of(const struct program *p, size_t *len)
{
	uint8_t *frame = message_program_put(p, len);

	assert_non_null(frame);
	*len -= MESSAGE_HEAD;
	uint8_t *body = malloc(*len);
	memcpy(body, frame + MESSAGE_HEAD, *len);
	free(frame);
	return body;
}

static bool
passes(const struct program *p)
{
	struct program out;
	size_t len;
	uint8_t *body = body_of(p, &len);
	bool good = message_program(body, len, &out);

	free(body);
	return good;
}

static void
a_job_arrives_as_it_was_sent(void **state)
{
	struct program in = sample(), out;
	size_t len;
	uint8_t *body = body_of(&in, &len);

	(void)state;
	assert_true(message_program(body, len, &out));
	assert_int_equal(out.flags, PROGRAM_TERMINAL | PROGRAM_ARTIFACT);
	assert_int_equal(out.rows, 24);
	assert_int_equal(out.columns, 65535);
	assert_string_equal(out.artifact.data, "bin/a.out");
	assert_int_equal(out.uid, 10003);
	assert_int_equal(out.open_limit, 512);
	assert_int_equal(out.argc, 2);
	assert_string_equal(out.argv[1].data, "main.py");
	assert_string_equal(out.env[0].data, "LANG=C.UTF-8");
	assert_string_equal(out.files[1].path.data, "pkg/mod.py");
	assert_int_equal(out.files[1].content.len, 3);
	assert_memory_equal(out.files[1].content.data, "a\0b", 3);
	free(body);
}

static void
a_job_cut_anywhere_is_refused(void **state)
{
	struct program in = sample(), out;
	size_t len;
	uint8_t *body = body_of(&in, &len);

	(void)state;
	for (size_t n = 0; n < len; n++) {
		uint8_t *cut = malloc(n + 1);
		memcpy(cut, body, n);
		assert_false(message_program(cut, n, &out));
		free(cut);
	}
	free(body);
}

static void
a_job_that_must_not_run_is_refused(void **state)
{
	struct program p = sample();

	(void)state;
	p.uid = 0;
	assert_false(passes(&p));
	p = sample();
	p.argv[0] = text("python3");
	assert_false(passes(&p));
	p = sample();
	p.argc = 0;
	assert_false(passes(&p));
	p = sample();
	p.argv[1] = (struct program_text){ "a\0b", 3 };
	assert_false(passes(&p));
	p = sample();
	p.flags |= PROGRAM_FLAGS + 1;
	assert_false(passes(&p));
	p = sample();
	assert_true(passes(&p));
}

static void
an_artifact_has_a_place_below_w_and_a_job_without_one_has_none(void **state)
{
	struct program p = sample();

	(void)state;
	p.artifact = text("../a.out");
	assert_false(passes(&p));
	p.artifact = text("");
	assert_false(passes(&p));
	p.flags = 0;
	assert_true(passes(&p));
	p.artifact = text("a.out");
	assert_false(passes(&p));
	assert_int_equal(message_program_fds(0), 0);
	assert_int_equal(message_program_fds(PROGRAM_TERMINAL | PROGRAM_RESULT), 1);
	assert_int_equal(message_program_fds(PROGRAM_FLAGS), 2);
}

static void
a_path_cannot_leave_its_directory(void **state)
{
	static const char *const bad[] = { "", "/etc/passwd", "..", "../x", "a/../b", "a/..", "./a", "a//b", "a/",
		"." };
	static const char *const good[] = { "a", "a/b/c.py", "..a", "a..", ".hidden", "a/.b" };
	char longest[257];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(message_path_ok(bad[i], strlen(bad[i])));
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_true(message_path_ok(good[i], strlen(good[i])));
	memset(longest, 'a', sizeof(longest));
	assert_true(message_path_ok(longest, 255));
	assert_false(message_path_ok(longest, 256));
	assert_false(message_path_ok("a\0b", 3));
}

static void
counts_are_held_against_the_bytes_that_are_left(void **state)
{
	uint8_t body[29] = { [4] = 1, [25] = 64 };	/* uid 1, and 64 arguments in 0 bytes */
	struct program out;

	(void)state;
	assert_false(message_program(body, sizeof(body), &out));
	memset(body + 25, 0xff, 4);
	assert_false(message_program(body, sizeof(body), &out));
}

static void
a_job_that_is_too_large_is_not_sent(void **state)
{
	struct program p = sample();
	char *large = calloc(1, MESSAGE_MAX);
	size_t len;

	(void)state;
	p.files[0].content = (struct program_text){ large, MESSAGE_MAX - 1 };
	assert_null(message_program_put(&p, &len));
	free(large);
}

static void
frames_of_no_kind_or_no_end_are_refused(void **state)
{
	uint8_t head[MESSAGE_HEAD];
	enum message_kind kind;
	uint32_t len;

	(void)state;
	message_head_put(head, MESSAGE_KILL, 0);
	assert_true(message_head(head, &kind, &len));
	assert_int_equal(kind, MESSAGE_KILL);
	assert_int_equal(len, 0);
	head[4] = '\0';
	assert_false(message_head(head, &kind, &len));
	head[4] = 'x';
	assert_false(message_head(head, &kind, &len));
	message_head_put(head, MESSAGE_JOB, MESSAGE_MAX);
	assert_false(message_head(head, &kind, &len));
	memset(head, 0, sizeof(head));
	assert_false(message_head(head, &kind, &len));
}

static void
an_ending_arrives_as_it_was_sent(void **state)
{
	struct ending in = { .status = 139, .wall_us = UINT64_C(1) << 40, .cpu_us = 7, .memory_kb = 8 }, out;
	uint8_t body[MESSAGE_ENDING];

	(void)state;
	message_ending_put(body, &in);
	assert_true(message_ending(body, sizeof(body), &out));
	assert_int_equal(out.status, 139);
	assert_true(out.wall_us == in.wall_us && out.cpu_us == 7 && out.memory_kb == 8);
	assert_false(message_ending(body, sizeof(body) - 1, &out));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_job_arrives_as_it_was_sent),
		cmocka_unit_test(a_job_cut_anywhere_is_refused),
		cmocka_unit_test(a_job_that_must_not_run_is_refused),
		cmocka_unit_test(an_artifact_has_a_place_below_w_and_a_job_without_one_has_none),
		cmocka_unit_test(a_path_cannot_leave_its_directory),
		cmocka_unit_test(counts_are_held_against_the_bytes_that_are_left),
		cmocka_unit_test(a_job_that_is_too_large_is_not_sent),
		cmocka_unit_test(frames_of_no_kind_or_no_end_are_refused),
		cmocka_unit_test(an_ending_arrives_as_it_was_sent),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
