/*
 * base_test.c - buffers, errors, ids, clocks, settings.
 */
#include "buf.h"
#include "clock.h"
#include "config.h"
#include "digits.h"
#include "err.h"
#include "id.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void
a_buffer_keeps_what_is_added(void **state)
{
	struct buf b = { 0 };

	(void)state;
	for (int i = 0; i < 1000; i++)
		buf_printf(&b, "%03d,", i);
	assert_int_equal(b.len, 4000);
	assert_memory_equal(b.data + 2000, "500,501,", 8);
	buf_clear(&b);
	assert_int_equal(b.len, 0);
	buf_add(&b, NULL, 0);
	buf_byte(&b, 'x');
	buf_str(&b, "yz");
	assert_string_equal(buf_cstr(&b), "xyz");
	assert_int_equal(b.len, 3);
	buf_free(&b);
	assert_null(b.data);
}

static void
the_first_error_stays(void **state)
{
	struct err e = { 0 };

	(void)state;
	assert_int_equal(err_field(&e, "/a", "is %s", "bad"), -1);
	assert_int_equal(err_limit(&e, 5, "too much"), -1);
	assert_int_equal(err_set(&e, ERR_INTERNAL, "worse"), -1);
	assert_int_equal(e.kind, ERR_INVALID);
	assert_string_equal(e.detail, "is bad");
	assert_string_equal(e.field, "/a");
	assert_int_equal(e.retry_after, 0);
	err_clear(&e);
	err_limit(&e, 5, "too much");
	assert_int_equal(e.retry_after, 5);
	assert_string_equal(e.field, "");
}

static void
ids_are_new_and_valid(void **state)
{
	char a[ID_LEN + 1], b[ID_LEN + 1];

	(void)state;
	id_new(a);
	id_new(b);
	assert_true(id_valid(a) && id_valid(b));
	assert_string_not_equal(a, b);
	assert_false(id_valid(""));
	assert_false(id_valid("AAAAAAAAAAAAAAAAAAAAA"));
	assert_false(id_valid("AAAAAAAAAAAAAAAAAAAAAAA"));
	assert_false(id_valid("AAAAAAAAAAAAAAAAAAAAA/"));
}

/* The vectors of RFC 4648, section 10, without padding; the last has both characters that differ in base64url. */
static void
base64url_is_as_the_rfc_says(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = { { "", "" }, { "f", "Zg" }, { "fo", "Zm8" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg" },
		{ "fooba", "Zm9vYmE" }, { "foobar", "Zm9vYmFy" }, { "\xfb\xff", "-_8" } };
	char out[16];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		size_t len = strlen(cases[i].in);
		assert_int_equal(base64url(out, (const uint8_t *)cases[i].in, len), base64url_len(len));
		assert_string_equal(out, cases[i].out);
	}
	hex(out, (const uint8_t *)"\x00\xa9\xff", 3);
	assert_string_equal(out, "00a9ff");
	assert_int_equal(hex_digit('9'), 9);
	assert_int_equal(hex_digit('a'), 10);
	assert_int_equal(hex_digit('F'), 15);
	assert_int_equal(hex_digit('g'), -1);
	assert_int_equal(hex_digit('\0'), -1);
}

static void
base64url_is_read_in_one_spelling_only(void **state)
{
	static const char *const bad[] = { "Z", "Zh", "Zm9vYh", "Zg==", "Zm+v", "Zm/v", "Zm v", "Zm9vYg\n" };
	uint8_t out[16];

	(void)state;
	assert_int_equal(base64url_decode("", 0, out), 0);
	assert_int_equal(base64url_decode("Zm9vYg", 6, out), 4);
	assert_memory_equal(out, "foob", 4);
	assert_int_equal(base64url_decode("-_8", 3, out), 2);
	assert_memory_equal(out, "\xfb\xff", 2);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(base64url_decode(bad[i], strlen(bad[i]), out), -1);
}

static void
times_are_written_in_utc(void **state)
{
	char out[32];

	(void)state;
	clock_iso(1795225191007, out);
	assert_string_equal(out, "2026-11-21T01:39:51.007Z");
	assert_true(clock_mono_us() <= clock_mono_us());
	assert_true(clock_wall_ms() > 1700000000000);
}

static void
settings_have_defaults_and_bounds(void **state)
{
	(void)state;
	unsetenv("VIVA_X");
	assert_string_equal(config_str("VIVA_X", "none"), "none");
	assert_int_equal(config_int("VIVA_X", 3, 1, 9), 3);
	setenv("VIVA_X", "", 1);
	assert_string_equal(config_str("VIVA_X", "none"), "none");
	setenv("VIVA_X", "7", 1);
	assert_int_equal(config_int("VIVA_X", 3, 1, 9), 7);
}

static void
a_secret_comes_from_its_file(void **state)
{
	char dir[] = "/tmp/viva-secret-XXXXXX", path[64];
	struct arena *a = arena_new(64);
	struct err e = { 0 };
	const char *out;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/key", dir);
	FILE *f = fopen(path, "w");
	fputs("two\nlines\n\r\n", f);
	fclose(f);
	setenv("VIVA_SECRETS", dir, 1);
	assert_int_equal(config_secret(a, &e, "key", &out), 0);
	assert_string_equal(out, "two\nlines");
	assert_int_equal(config_secret(a, &e, "other", &out), -1);
	assert_int_equal(e.kind, ERR_INTERNAL);
	assert_int_equal(truncate(path, 65536), 0);
	assert_int_equal(config_secret(a, &e, "key", &out), 0);
	assert_int_equal(truncate(path, 65537), 0);
	assert_int_equal(config_secret(a, &e, "key", &out), -1);	/* half of a secret is none */
	unlink(path);
	rmdir(dir);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_buffer_keeps_what_is_added),
		cmocka_unit_test(the_first_error_stays),
		cmocka_unit_test(ids_are_new_and_valid),
		cmocka_unit_test(base64url_is_as_the_rfc_says),
		cmocka_unit_test(base64url_is_read_in_one_spelling_only),
		cmocka_unit_test(times_are_written_in_utc),
		cmocka_unit_test(settings_have_defaults_and_bounds),
		cmocka_unit_test(a_secret_comes_from_its_file),
	};

	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
