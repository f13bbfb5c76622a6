/*
 * mail_compose_test.c - a letter becomes lines that every mail program reads the same way.
 */
#include "../../functions/mail/compose.c"

#include "in_arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct err err;

static int
write_with(const char *name, const char *to, const char *subject, struct buf *out)
{
	struct sender from = { .name = name, .address = "viva@example.org" };
	struct letter letter = { .subject = subject, .text = ".\r\nGr\u00fc\u00dfe\r\n", .html = "<p>x</p>" };

	return compose(arena, &err, &from, to, "message", 1700000000, &letter, out);
}

static const char *
written(const char *subject)
{
	struct buf out = { 0 };

	assert_int_equal(write_with("", "ann@example.org", subject, &out), 0);
	const char *text = arena_strdup(arena, buf_cstr(&out));
	buf_free(&out);
	return text;
}

static void
headers_are_as_they_must_be(void **state)
{
	const char *text = written("Hello");

	(void)state;
	assert_ptr_equal(strstr(text, "From: viva@example.org\r\nDate: Tue, 14 Nov 2023 22:13:20 +0000\r\n"), text);
	assert_non_null(strstr(text, "\r\nTo: ann@example.org\r\nSubject: Hello\r\nMessage-ID: <"));
	assert_non_null(strstr(text, "@example.org>\r\nMIME-Version: 1.0\r\n"));
	assert_non_null(strstr(text, "\r\nLg0KR3LDvMOfZQ0K\r\n"));
}

static void
the_same_message_has_the_same_id(void **state)
{
	(void)state;
	assert_string_equal(written("Hello"), written("Hello"));
}

static void
what_is_not_ascii_is_encoded(void **state)
{
	(void)state;
	assert_non_null(strstr(written("\u00c5"), "\r\nSubject: =?UTF-8?B?w4U=?=\r\n"));
	assert_non_null(strstr(written("=?x?="), "\r\nSubject: =?UTF-8?B?PT94Pz0=?=\r\n"));
}

/* Whatever lies where a word would end: none has more than 75 columns, none ends within a character. */
static void
long_subjects_are_cut_between_characters(void **state)
{
	(void)state;
	for (size_t shift = 0; shift < 4; shift++) {
		char subject[256] = "";
		for (size_t i = 0; i < shift; i++)
			strcat(subject, "x");
		for (size_t i = 0; i < 40; i++)
			strcat(subject, "\U0001f600");
		const char *line = strstr(written(subject), "Subject: ") + 9;
		size_t words = 0;
		for (const char *end; strncmp(line, "=?UTF-8?B?", 10) == 0; line = end + 3) {
			end = strstr(line, "\r\n");
			assert_in_range(end - line, 12, 75);
			size_t base64 = (size_t)(end - line) - 12;
			size_t bytes = base64 / 4 * 3 - (end[-3] == '=') - (end[-4] == '=');
			assert_int_equal((bytes - (words == 0 ? shift : 0)) % 4, 0);
			words++;
		}
		assert_in_range(words, 5, 6);
	}
}

static void
no_line_is_longer_than_mail_servers_take(void **state)
{
	char subject[256];

	(void)state;
	memset(subject, 'x', sizeof(subject) - 1);
	subject[sizeof(subject) - 1] = '\0';
	for (const char *line = written(subject), *end; (end = strstr(line, "\r\n")) != NULL; line = end + 2)
		assert_in_range(end - line, 0, 78);
}

static void
nobody_adds_a_header(void **state)
{
	static const char *const recipients[] = { "a@b.c\r\nBcc: eve@example.org", "a@b.c, eve@example.org",
		"a@b.c>", "a b@c.d", "\u00e4@b.c", "a@b@c.d\n", "@b.c", "a@", "a", "", "a@b.c\x7f", "\"a\"@b.c" };
	static const char *const texts[] = { "x\r\nBcc: eve@example.org", "x\n", "\r", "\x01", "x\x7f" };
	struct buf out = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(recipients) / sizeof(*recipients); i++) {
		assert_false(smtp_address_ok(recipients[i]));
		assert_int_equal(write_with("", recipients[i], "x", &out), -1);
		assert_int_equal(err.kind, ERR_INVALID);
		err_clear(&err);
	}
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		assert_int_equal(write_with("", "a@b.c", texts[i], &out), -1);
		err_clear(&err);
		assert_int_equal(write_with(texts[i], "a@b.c", "x", &out), -1);
		err_clear(&err);
	}
	buf_free(&out);
}

static void
a_sender_is_an_address_with_or_without_a_name(void **state)
{
	static const char *const wrong[] = { "", "Viva", "Viva <>", "Viva <viva>", "<viva@example.org",
		"viva@example.org>", "a@b.c, d@e.f" };
	struct sender s;

	(void)state;
	assert_int_equal(compose_sender(arena, &err, "Viva M\u00fcller  <viva@example.org>", &s), 0);
	assert_string_equal(s.name, "Viva M\u00fcller");
	assert_string_equal(s.address, "viva@example.org");
	assert_int_equal(compose_sender(arena, &err, "<viva@example.org>", &s), 0);
	assert_string_equal(s.name, "");
	assert_int_equal(compose_sender(arena, &err, "viva@example.org", &s), 0);
	assert_string_equal(s.address, "viva@example.org");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		assert_int_equal(compose_sender(arena, &err, wrong[i], &s), -1);
		assert_int_equal(err.kind, ERR_BUSY);
		err_clear(&err);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_are_as_they_must_be),
		cmocka_unit_test(the_same_message_has_the_same_id),
		cmocka_unit_test(what_is_not_ascii_is_encoded),
		cmocka_unit_test(long_subjects_are_cut_between_characters),
		cmocka_unit_test(no_line_is_longer_than_mail_servers_take),
		cmocka_unit_test(nobody_adds_a_header),
		cmocka_unit_test(a_sender_is_an_address_with_or_without_a_name),
	};
	return cmocka_run_group_tests(tests, begin_arena, end_arena);
}
