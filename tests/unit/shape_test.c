/*
 * shape_test.c - JSON to structs and back: what is refused, and where it says the fault is.
 */
#include "api_types.h"

#include "in_arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define ID "AAAAAAAAAAAAAAAAAAAAAA"

/* Decoding fails at this pointer, with these words somewhere. */
static void
refused(const struct shape *shape, const char *text, const char *pointer, const char *words)
{
	struct err e = { 0 };
	void *out = &e;

	assert_int_equal(shape_decode(arena, &e, bytes_of(text), shape, &out), -1);
	assert_int_equal(e.kind, ERR_INVALID);
	assert_string_equal(e.field, pointer);
	if (strstr(e.detail, words) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", e.detail, words);
	assert_ptr_equal(out, &e);
}

static const char *
encoded(const struct shape *shape, const void *in)
{
	struct buf b = { 0 };

	shape_encode(&b, shape, in);
	const char *text = arena_strndup(arena, (const char *)b.data, b.len);
	buf_free(&b);
	return text;
}

static void
a_request_becomes_a_struct(void **state)
{
	struct err e = { 0 };
	struct run_new *in;

	(void)state;
	assert_int_equal(run_new_decode(arena, &e, bytes_of("{\"language\":\"python\",\"wall_ms\":2500,\"files\":["
	    "{\"path\":\"main.py\",\"content\":\"print(1)\"},{\"path\":\"a/b.py\",\"content\":\"\"}]}"), &in), 0);
	assert_string_equal(in->language, "python");
	assert_true(in->has_wall_ms);
	assert_int_equal(in->wall_ms, 2500);
	assert_int_equal(in->files_count, 2);
	assert_string_equal(in->files[1].path, "a/b.py");
	assert_string_equal(in->files[1].content, "");
	assert_null(in->input);
}

static void
what_is_absent_is_absent(void **state)
{
	struct err e = { 0 };
	struct me_change *change;
	struct session *session;

	(void)state;
	assert_int_equal(me_change_decode(arena, &e, bytes_of("{}"), &change), 0);
	assert_null(change->name);
	assert_int_equal(session_decode(arena, &e,
	    bytes_of("{\"access_token\":\"a\",\"expires_in\":1,\"refresh_token\":\"r\"}"), &session), 0);
	assert_null(session->user);
}

static void
what_is_not_json_is_refused_as_a_whole(void **state)
{
	static const char *const bad[] = { "", " ", "{", "{}x", "{'a':1}", "{\"a\\u0000\":1}", "{\"title\":\"\xff\"}",
		"{\"title\":\"\xc0\x80\"}", "{\"title\":\"\\ud800\"}", "{\"title\":\"a\",\"title\":\"b\"}",
		"{\"title\":\"a\",}", "{\"title\":1e999}", "{\"title\":\"a\nb\"}", "nul" };
	static const char *const wrong[] = { "[]", "1", "null", "\"x\"", "true" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		refused(&room_new_shape, bad[i], "", "must be JSON");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		refused(&room_new_shape, wrong[i], "", "");
}

static void
deep_nesting_is_refused_not_followed(void **state)
{
	char *deep = arena_alloc(arena, 60001);

	(void)state;
	memset(deep, '[', 60000);
	deep[60000] = '\0';
	refused(&room_new_shape, deep, "", "depth");
}

static void
faults_are_named_by_their_pointer(void **state)
{
	(void)state;
	refused(&room_new_shape, "{}", "/title", "missing");
	refused(&room_new_shape, "{\"title\":null}", "/title", "string");
	refused(&room_new_shape, "{\"title\":\"\\u0000\"}", "/title", "U+0000");
	refused(&invite_new_shape, "{\"role\":\"observer\\u0000\"}", "/role", "U+0000");
	refused(&room_new_shape, "{\"title\":\"a\",\"x\":1}", "/x", "not a field");
	refused(&room_new_shape, "{\"title\":\"a\",\"x~/y\":1}", "/x~0~1y", "not a field");
	refused(&run_new_shape, "{\"language\":\"python\",\"files\":{}}", "/files", "array");
	refused(&run_new_shape, "{\"language\":\"python\",\"files\":[]}", "/files", "1 to 32");
	refused(&run_new_shape,
	    "{\"language\":\"python\",\"files\":[{\"path\":\"a\",\"content\":\"\"},{\"path\":\"a\"}]}",
	    "/files/1/content", "missing");
	refused(&run_new_shape, "{\"language\":\"python\",\"files\":[{\"path\":\"../a\",\"content\":\"\"}]}",
	    "/files/0/path", "match");
	refused(&run_new_shape, "{\"language\":\"python\",\"files\":[7]}", "/files/0", "object");
	refused(&invite_new_shape, "{\"role\":\"owner\"}", "/role", "interviewer, candidate, observer");
	refused(&invite_new_shape, "{\"role\":3}", "/role", "one of");
}

static void
numbers_are_whole_and_in_their_range(void **state)
{
	static const char *const cases[][2] = { { "99", "100 to" }, { "180001", "100 to" }, { "1000.5", "whole" },
		{ "\"1000\"", "number" }, { "true", "number" }, { "-1", "100 to" },
		{ "99999999999999999999999", "100 to" }, { "1e300", "100 to" } };
	struct err e = { 0 };
	struct run_new *in;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		refused(&run_new_shape,
		    arena_printf(arena,
			"{\"language\":\"python\",\"files\":[{\"path\":\"a\",\"content\":\"\"}],"
			"\"wall_ms\":%s}",
			cases[i][0]),
		    "/wall_ms", cases[i][1]);
	assert_int_equal(run_new_decode(arena, &e,
			     bytes_of("{\"language\":\"python\",\"files\":[{\"path\":\"a\",\"content\":\"\"}],"
				  "\"wall_ms\":1e3}"),
			     &in),
	    0);
	assert_int_equal(in->wall_ms, 1000);
}

static void
lengths_are_counted_in_code_points(void **state)
{
	struct buf b = { 0 };
	struct err e = { 0 };
	struct chat_new *in;

	(void)state;
	buf_str(&b, "{\"text\":\"");
	for (int i = 0; i < 2000; i++)
		buf_str(&b, "\xf0\x9f\x98\x80");
	buf_str(&b, "\"}");
	assert_int_equal(chat_new_decode(arena, &e, buf_bytes(&b), &in), 0);
	assert_int_equal(strlen(in->text), 8000);
	b.len -= 2;
	buf_str(&b, "a\"}");
	assert_int_equal(chat_new_decode(arena, &e, buf_bytes(&b), &in), -1);
	assert_string_equal(e.field, "/text");
	assert_string_equal(e.detail, "must have at most 2000 characters, not 2001");
	buf_free(&b);
	refused(&chat_new_shape, "{\"text\":\"\"}", "/text", "empty");
}

static void
names_show_something_and_nothing_strange(void **state)
{
	static const char *const bad[] = { "a\\u0007b", "a\\nb", "\\u007f", "\xe2\x80\xae", "a\xe2\x80\xa8",
		"\xc2\x85", "  " };
	static const char *const fine[] = { "Ann", "\xc3\x89mile Zola", "\xe6\x9d\x8e", "O'Neil \xf0\x9f\x98\x80",
		" x " };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		refused(&me_change_shape, arena_printf(arena, "{\"name\":\"%s\"}", bad[i]), "/name", "match");
	for (size_t i = 0; i < sizeof(fine) / sizeof(*fine); i++) {
		struct err e = { 0 };
		struct me_change *in;
		assert_int_equal(
		    me_change_decode(arena, &e, bytes_of(arena_printf(arena, "{\"name\":\"%s\"}", fine[i])), &in), 0);
		assert_string_equal(in->name, fine[i]);
	}
}

static void
a_pointer_too_long_is_cut_not_overrun(void **state)
{
	struct err e = { 0 };
	struct room_new *in;
	char *name = arena_alloc(arena, 5001);

	(void)state;
	memset(name, '~', 5000);
	name[5000] = '\0';
	assert_int_equal(
	    room_new_decode(arena, &e, bytes_of(arena_printf(arena, "{\"title\":\"a\",\"%s\":1}", name)), &in), -1);
	assert_true(strlen(e.field) < sizeof(e.field));
	assert_memory_equal(e.field, "/~0~0~0", 7);
}

static void
a_struct_becomes_json(void **state)
{
	struct participant someone = { .id = ID, .room = ID, .name = "Ann \"\\\n\x01 \xc3\xa9", .role = ROLE_OWNER };
	struct room room = { .id = ID,
		.title = "T",
		.language = "c",
		.role = ROLE_OBSERVER,
		.me = "",
		.created_at = "now",
		.participants = &someone,
		.participants_count = 1 };

	(void)state;
	assert_string_equal(encoded(&room_shape, &room),
	    "{\"id\":\"" ID
	    "\",\"title\":\"T\",\"language\":\"c\",\"restricted\":false,"
	    "\"role\":\"observer\",\"me\":\"\",\"created_at\":\"now\","
	    "\"participants\":[{\"id\":\"" ID "\",\"room\":\"" ID "\",\"name\":\"Ann \\\"\\\\\\n\\u0001 \xc3\xa9\","
	    "\"role\":\"owner\",\"guest\":false}]}");
}

static void
optional_members_are_left_out_or_shown(void **state)
{
	struct run run = { .id = ID, .room = ID, .participant = ID, .language = "c", .status = RUN_STATUS_OK,
		.created_at = "now", .has_exit_code = true, .exit_code = 0 };
	struct presence_event event = { .participants = NULL };

	(void)state;
	assert_string_equal(encoded(&run_shape, &run), "{\"id\":\"" ID "\",\"room\":\"" ID "\",\"participant\":\"" ID
	    "\",\"language\":\"c\",\"status\":\"ok\",\"exit_code\":0,\"created_at\":\"now\"}");
	assert_string_equal(encoded(&presence_event_shape, &event), "{\"type\":\"presence\",\"participants\":[]}");
}

static void
what_is_not_utf8_leaves_as_a_replacement(void **state)
{
	struct chat_new in = { .text = "a\xff" "b\xc3\xe2\x82" "c\xed\xa0\x80" "d\xf4\x90\x80\x80\xc0\x80" };
	struct err e = { 0 };
	struct chat_new *out;

	(void)state;
	const char *text = encoded(&chat_new_shape, &in);
	assert_true(utf8_valid(text, strlen(text)));
	assert_int_equal(chat_new_decode(arena, &e, bytes_of(text), &out), 0);
	assert_memory_equal(out->text, "a\xef\xbf\xbd" "b", 5);
}

static void
utf8_is_checked_as_rfc_3629_says(void **state)
{
	static const char *const bad[] = { "\x80", "\xc3", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf",
		"\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
		"\xff", "\xe2\x82", "\xe2\x28\xa1" };
	static const char *const fine[] = { "", "a", "\x7f", "\xc2\x80", "\xe0\xa0\x80", "\xed\x9f\xbf",
		"\xee\x80\x80", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(utf8_valid(bad[i], strlen(bad[i])));
	for (size_t i = 0; i < sizeof(fine) / sizeof(*fine); i++)
		assert_true(utf8_valid(fine[i], strlen(fine[i])));
	assert_false(utf8_valid("a\0b", 3));
}

static void
enums_have_names(void **state)
{
	(void)state;
	assert_int_equal(role_of("candidate"), ROLE_CANDIDATE);
	assert_int_equal(role_of("king"), ROLE_NONE);
	assert_int_equal(role_of(NULL), ROLE_NONE);
	assert_string_equal(role_names[ROLE_OBSERVER], "observer");
	assert_null(role_names[ROLE_NONE]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_becomes_a_struct),
		cmocka_unit_test(what_is_absent_is_absent),
		cmocka_unit_test(what_is_not_json_is_refused_as_a_whole),
		cmocka_unit_test(deep_nesting_is_refused_not_followed),
		cmocka_unit_test(faults_are_named_by_their_pointer),
		cmocka_unit_test(numbers_are_whole_and_in_their_range),
		cmocka_unit_test(lengths_are_counted_in_code_points),
		cmocka_unit_test(names_show_something_and_nothing_strange),
		cmocka_unit_test(a_pointer_too_long_is_cut_not_overrun),
		cmocka_unit_test(a_struct_becomes_json),
		cmocka_unit_test(optional_members_are_left_out_or_shown),
		cmocka_unit_test(what_is_not_utf8_leaves_as_a_replacement),
		cmocka_unit_test(utf8_is_checked_as_rfc_3629_says),
		cmocka_unit_test(enums_have_names),
	};

	return cmocka_run_group_tests_name("shape", tests, begin_arena, end_arena);
}
