/*
 * runner_output_test.c - a program's bytes become chunks: at once, then in steps, and never half a character.
 */
#include "../../runner/daemon/output.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct scene {
	struct arena *arena;
	struct output o;
};

static int
set_up(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));

	s->arena = arena_new(4096);
	output_init(&s->o, s->arena, 1 << 20);
	*state = s;
	return 0;
}

static int
tear_down(void **state)
{
	struct scene *s = *state;

	output_free(&s->o);
	arena_free(s->arena);
	free(s);
	return 0;
}

static void
add(struct output *o, enum stream stream, const char *text)
{
	output_add(o, stream, text, strlen(text));
}

/* What all chunks of a stream say together. */
static const char *
said(struct scene *s, enum stream stream)
{
	struct buf b = { 0 };

	for (size_t i = 0; i < s->o.count; i++)
		if (s->o.chunks[i].stream == stream)
			buf_add(&b, s->o.chunks[i].data, s->o.chunks[i].len);
	const char *text = arena_strdup(s->arena, buf_cstr(&b));
	buf_free(&b);
	return text;
}

/* The whole of `bytes` on stdout, in pieces of `step`, as people see it. */
static const char *
shown(struct scene *s, const char *bytes, size_t len, size_t step)
{
	struct output *o = &s->o;

	output_free(o);
	output_init(o, s->arena, 1 << 20);
	for (size_t i = 0; i < len; i += step) {
		output_add(o, STREAM_STDOUT, bytes + i, len - i < step ? len - i : step);
		output_cut(o, (int64_t)i + 1, 0);
	}
	output_end(o);
	output_cut(o, 1 << 20, 0);
	return said(s, STREAM_STDOUT);
}

static void
the_first_bytes_are_due_at_once_and_the_next_within_a_window(void **state)
{
	struct output *o = &((struct scene *)*state)->o;

	assert_int_equal(output_wait(o, 1000), -1);
	add(o, STREAM_STDOUT, "a");
	assert_int_equal(output_wait(o, 1000), 0);
	output_cut(o, 1000, 0);
	add(o, STREAM_STDOUT, "b");
	assert_int_equal(output_wait(o, 1004), OUTPUT_WINDOW_MS - 4);
	assert_int_equal(output_wait(o, 1100), 0);
	output_cut(o, 1100, 0);
	assert_int_equal(o->count, 2);
	assert_int_equal(output_wait(o, 1100), -1);
}

static void
much_is_due_at_once(void **state)
{
	struct output *o = &((struct scene *)*state)->o;
	char much[OUTPUT_CHUNK];

	memset(much, 'x', sizeof(much));
	add(o, STREAM_STDOUT, "a");
	output_cut(o, 1000, 0);
	output_add(o, STREAM_STDOUT, much, sizeof(much));
	assert_int_equal(output_wait(o, 1001), 0);
}

static void
streams_stay_apart_and_in_order(void **state)
{
	struct output *o = &((struct scene *)*state)->o;

	add(o, STREAM_STDOUT, "one ");
	add(o, STREAM_STDERR, "oops");
	add(o, STREAM_STDOUT, "two");
	output_cut(o, 1, 7);
	assert_int_equal(o->count, 3);
	assert_string_equal(o->chunks[0].data, "one ");
	assert_int_equal(o->chunks[1].stream, STREAM_STDERR);
	assert_string_equal(o->chunks[2].data, "two");
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(o->chunks[i].seq, i + 1);
		assert_int_equal(o->chunks[i].at_ms, 7);
	}
}

static void
many_changes_of_stream_in_a_window_are_few_chunks(void **state)
{
	struct scene *s = *state;

	for (int i = 0; i < 1000; i++)
		add(&s->o, i % 2 ? STREAM_STDERR : STREAM_STDOUT, i % 2 ? "e" : "o");
	output_cut(&s->o, 1, 0);
	assert_int_equal(s->o.count, OUTPUT_GATHER);
	assert_int_equal(strlen(said(s, STREAM_STDOUT)), 500);
	assert_int_equal(strlen(said(s, STREAM_STDERR)), 500);
}

static void
who_drips_for_long_is_shown_in_larger_steps(void **state)
{
	struct output *o = &((struct scene *)*state)->o;
	int64_t now = 1;

	for (; now < 180000; now++) {
		add(o, STREAM_STDOUT, "x");
		if (output_wait(o, now) == 0)
			output_cut(o, now, 0);
	}
	assert_in_range(o->count, 256, 2000);
}

static void
characters_are_whole_however_they_arrive(void **state)
{
	static const char text[] = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z";

	for (size_t step = 1; step <= sizeof(text); step++)
		assert_string_equal(shown(*state, text, sizeof(text) - 1, step), text);
}

#define R "\xef\xbf\xbd"

static void
what_is_no_utf8_is_shown_as_such(void **state)
{
	static const struct { const char *bytes; size_t len; const char *shown; } cases[] = {
		{ "\xff", 1, R }, { "a\x80" "b", 3, "a" R "b" }, { "\xc3", 1, R }, { "\xe2\x82", 2, R },
		{ "\xe2\x82" "a", 3, R "a" }, { "\xc0\xaf", 2, R R }, { "\xed\xa0\x80", 3, R R R },
		{ "\xf4\x90\x80\x80", 4, R R R R }, { "\xf0\x9f\x98" "\xc3\xa9", 5, R "\xc3\xa9" },
		{ "a\0b", 3, "a\xe2\x90\x80" "b" }, { "\xef\xbf\xbd", 3, R },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		for (size_t step = 1; step <= cases[i].len; step++)
			assert_string_equal(shown(*state, cases[i].bytes, cases[i].len, step), cases[i].shown);
}

static void
a_large_piece_is_cut_between_characters(void **state)
{
	struct scene *s = *state;
	size_t n = OUTPUT_CHUNK;
	struct buf text = { 0 };

	buf_str(&text, "a");	/* so that the cut would fall inside one */
	for (size_t i = 0; i < n; i++)
		buf_str(&text, "\xe2\x82\xac");
	output_add(&s->o, STREAM_STDOUT, text.data, text.len);
	output_cut(&s->o, 1, 0);
	for (size_t i = 0; i < s->o.count; i++) {
		assert_in_range(s->o.chunks[i].len, 1, OUTPUT_CHUNK);
		assert_int_not_equal((unsigned char)s->o.chunks[i].data[0] & 0xc0, 0x80);
	}
	assert_string_equal(said(s, STREAM_STDOUT), buf_cstr(&text));
	buf_free(&text);
}

static void
at_the_limit_it_stops_and_all_before_is_kept(void **state)
{
	struct scene *s = *state;

	output_init(&s->o, s->arena, 5);
	add(&s->o, STREAM_STDOUT, "12345");
	assert_false(s->o.over);
	add(&s->o, STREAM_STDERR, "6");
	assert_true(s->o.over);
	output_end(&s->o);
	output_cut(&s->o, 1, 0);
	assert_string_equal(said(s, STREAM_STDOUT), "12345");
	assert_string_equal(said(s, STREAM_STDERR), "");
}

static void
half_a_character_at_the_limit_is_left_out(void **state)
{
	struct scene *s = *state;

	output_init(&s->o, s->arena, 2);
	add(&s->o, STREAM_STDOUT, "a\xe2\x82\xac");
	output_end(&s->o);
	output_cut(&s->o, 1, 0);
	assert_true(s->o.over);
	assert_string_equal(said(s, STREAM_STDOUT), "a");
}

static void
what_an_earlier_attempt_showed_is_taken_over(void **state)
{
	struct scene *s = *state;

	output_adopt(&s->o, &(struct chunk){ .seq = 1, .stream = STREAM_STDOUT, .data = "old", .len = 3, .at_ms = 5 });
	add(&s->o, STREAM_STDOUT, "new");
	output_cut(&s->o, 1, 0);
	assert_string_equal(said(s, STREAM_STDOUT), "oldnew");
	assert_int_equal(s->o.chunks[1].seq, 2);
}

static void
what_is_typed_stands_between_what_was_printed_before_and_after(void **state)
{
	struct scene *s = *state;

	add(&s->o, STREAM_STDOUT, "Name? ");
	output_typed(&s->o, "somebody", "Zoe\n", 4, 1, 0);
	add(&s->o, STREAM_STDOUT, "hello");
	output_cut(&s->o, 2, 0);
	assert_int_equal(s->o.count, 3);
	assert_int_equal(s->o.chunks[1].stream, STREAM_STDIN);
	assert_string_equal(s->o.chunks[1].participant, "somebody");
	assert_null(s->o.chunks[2].participant);
	assert_int_equal(s->o.taken, 11);	/* only what it printed counts */
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_first_bytes_are_due_at_once_and_the_next_within_a_window),
		T(much_is_due_at_once),
		T(streams_stay_apart_and_in_order),
		T(many_changes_of_stream_in_a_window_are_few_chunks),
		T(who_drips_for_long_is_shown_in_larger_steps),
		T(characters_are_whole_however_they_arrive),
		T(what_is_no_utf8_is_shown_as_such),
		T(a_large_piece_is_cut_between_characters),
		T(at_the_limit_it_stops_and_all_before_is_kept),
		T(half_a_character_at_the_limit_is_left_out),
		T(what_an_earlier_attempt_showed_is_taken_over),
		T(what_is_typed_stands_between_what_was_printed_before_and_after),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
