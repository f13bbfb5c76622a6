/*
 * log_test.c - a line of the log is one JSON object, whatever is logged.
 */
#include "log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

static int real_stderr;
static int ends[2];
static char text[65536];

static void
capture(void)
{
	assert_int_equal(pipe(ends), 0);
	real_stderr = dup(STDERR_FILENO);
	dup2(ends[1], STDERR_FILENO);
}

/* What was written to stderr since capture(). */
static const char *
captured(void)
{
	dup2(real_stderr, STDERR_FILENO);
	close(real_stderr);
	close(ends[1]);
	ssize_t n = read(ends[0], text, sizeof(text) - 1);
	close(ends[0]);
	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void
has(const char *line, const char *name, const char *value)
{
	json_t *json = json_loads(line, JSON_REJECT_DUPLICATES, NULL);

	assert_non_null(json);
	assert_string_equal(json_string_value(json_object_get(json, name)), value);
	json_decref(json);
}

static void
a_line_says_when_who_and_what(void **state)
{
	(void)state;
	log_init("rooms");
	log_request("abc", "4bf92f3577b34da6a3ce929d0e0e4736");
	capture();
	log_warn("%d \"things\"\n", 3);
	const char *line = captured();
	has(line, "level", "warn");
	has(line, "service", "rooms");
	has(line, "request", "abc");
	has(line, "trace", "4bf92f3577b34da6a3ce929d0e0e4736");
	has(line, "msg", "3 \"things\"\n");
	assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
	log_request(NULL, NULL);
}

static void
a_hostile_text_stays_inside_its_string(void **state)
{
	char long_text[8192];

	(void)state;
	memset(long_text, '"', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	capture();
	log_error("\"}\n{\"level\":\"info\" \x01\x1f \\");
	has(captured(), "msg", "\"}\n{\"level\":\"info\" \x01\x1f \\");
	capture();
	log_error("%s", long_text);
	has(captured(), "level", "error");
}

static void
what_is_no_utf8_is_shown_as_such(void **state)
{
	(void)state;
	capture();
	log_error("gr\xc3\xbcn \xf0\x9f\x98\x80 \xff \xc3( \xe2\x82");
	has(captured(), "msg", "gr\xc3\xbcn \xf0\x9f\x98\x80 \xef\xbf\xbd \xef\xbf\xbd( \xef\xbf\xbd\xef\xbf\xbd");
	capture();
	log_error("\x7f");
	assert_non_null(strstr(captured(), "\\u007f"));
}

/* What looks like UTF-8 and is none: a surrogate, too long, too large. Who reads strictly would lose the line. */
static void
what_is_no_letter_is_shown_as_such(void **state)
{
	static const char *const wrong[] = { "\xed\xa0\x80", "\xc0\xaf", "\xe0\x80\x80", "\xf0\x80\x80\x80",
		"\xf4\x90\x80\x80" };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		char shown[16] = "";
		for (size_t n = 0; n < strlen(wrong[i]); n++)
			strcat(shown, "\xef\xbf\xbd");
		capture();
		log_error("%s", wrong[i]);
		has(captured(), "msg", shown);
	}
}

static void
lower_levels_are_left_out(void **state)
{
	(void)state;
	setenv("VIVA_LOG", "error", 1);
	log_init("rooms");
	capture();
	log_debug("a");
	log_info("b");
	log_warn("c");
	log_error("d");
	has(captured(), "msg", "d");
}

static size_t
lines_of(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += *s == '\n';
	return n;
}

/* The last, since gathering has no end. */
static void
gathered_lines_come_together_and_in_order(void **state)
{
	(void)state;
	setenv("VIVA_LOG", "info", 1);
	log_init("rooms");
	log_gather();
	capture();
	log_info("first");
	assert_string_equal(captured(), "");
	capture();
	log_warn("second");
	const char *said = captured();
	assert_int_equal(lines_of(said), 2);
	assert_true(strstr(said, "first") < strstr(said, "second"));
	capture();
	for (int i = 0; i < 100; i++)
		log_info("%0200d", i);
	log_flush();
	log_flush();
	assert_int_equal(lines_of(captured()), 100);
	capture();
	log_flush();
	assert_string_equal(captured(), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_says_when_who_and_what),
		cmocka_unit_test(a_hostile_text_stays_inside_its_string),
		cmocka_unit_test(what_is_no_utf8_is_shown_as_such),
		cmocka_unit_test(what_is_no_letter_is_shown_as_such),
		cmocka_unit_test(lower_levels_are_left_out),
		cmocka_unit_test(gathered_lines_come_together_and_in_order),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
