/*
 * yjs_doc_test.c - documents: what is typed is there, at once and however it arrives.
 */
#include "doc.h"
#include "value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct bytes root = { (const uint8_t *)"t", 1 };

/* An update of one text item of `client` at `clock`, behind `origin`'s unit if that is not 0. */
static struct bytes
typed(struct arena *a, uint64_t client, uint32_t clock, uint64_t origin, uint32_t unit, const char *s)
{
	struct buf b = { 0 };

	buf_add(&b, "\1\1", 2);
	ywr_uint(&b, client);
	ywr_uint(&b, clock);
	buf_byte(&b, origin == 0 ? 4 : 0x84);
	if (origin == 0) {
		buf_add(&b, "\1\1t", 3);
	} else {
		ywr_uint(&b, origin);
		ywr_uint(&b, unit);
	}
	ywr_bytes(&b, bytes_of(s));
	buf_byte(&b, 0);
	struct bytes out = { (uint8_t *)arena_strndup(a, (const char *)b.data, b.len), b.len };
	buf_free(&b);
	return out;
}

static void
apply(struct yjs_doc *d, struct bytes update)
{
	struct err e = { 0 };

	if (yjs_doc_apply(d, update, &yjs_limits_all, NULL, &e) != 0)
		fail_msg("%s", e.detail);
}

static void
says(const struct yjs_doc *d, const char *want)
{
	struct buf out = { 0 };

	yjs_doc_text(d, root, &out);
	assert_string_equal(buf_cstr(&out), want);
	buf_free(&out);
}

static void
typing_goes_on_in_one_item(void **state)
{
	struct arena *a = arena_new(1024);
	struct yjs_doc *d = yjs_doc_new(NULL);
	struct buf out = { 0 };

	(void)state;
	apply(d, typed(a, 7, 0, 0, 0, "a"));
	for (uint32_t i = 1; i < 1000; i++)
		apply(d, typed(a, 7, i, 7, i - 1, "b"));
	yjs_doc_encode(d, NULL, &out);
	assert_int_equal(out.data[1], 1);
	assert_int_equal(yjs_doc_clock(d, 7), 1000);
	assert_int_equal(yjs_doc_clock(d, 8), 0);
	assert_true(yjs_doc_memory(d) < 32768);
	buf_free(&out);
	yjs_doc_free(d);
	arena_free(a);
}

/* Some texts of that length, each a client's. */
static void
long_texts(size_t len)
{
	struct arena *a = arena_new(1024);
	struct yjs_doc *d = yjs_doc_new(NULL);
	char *s = arena_alloc(a, len + 1);
	struct buf out = { 0 };

	memset(s, 'x', len);
	s[len] = '\0';
	for (uint64_t client = 1; client <= 5; client++)
		apply(d, typed(a, client, 0, 0, 0, s));
	yjs_doc_text(d, root, &out);
	assert_int_equal(out.len, 5 * len);
	buf_free(&out);
	yjs_doc_free(d);
	arena_free(a);
}

/* Under ASan: what nearly fills a chunk of the pool is not written over its end. */
static void
text_of_any_length_fits(void **state)
{
	(void)state;
	for (size_t chunk = 4096; chunk <= 64 * 1024; chunk *= 2) {
		for (size_t len = chunk - 48; len <= chunk; len++)
			long_texts(len);
	}
}

static void
two_who_type_by_turns_do_not_copy_all_each_time(void **state)
{
	struct arena *a = arena_new(1024);
	struct yjs_doc *d = yjs_doc_new(NULL);

	(void)state;
	apply(d, typed(a, 7, 0, 0, 0, "a"));
	apply(d, typed(a, 8, 0, 0, 0, "b"));
	for (uint32_t i = 1; i < 20000; i++) {
		apply(d, typed(a, 7, i, 7, i - 1, "a"));
		apply(d, typed(a, 8, i, 8, i - 1, "b"));
	}
	assert_true(yjs_doc_memory(d) < 512 << 10);
	yjs_doc_free(d);
	arena_free(a);
}

static void
conflicts_are_settled_by_client(void **state)
{
	struct arena *a = arena_new(1024);

	(void)state;
	for (int turn = 0; turn < 2; turn++) {
		struct yjs_doc *d = yjs_doc_new(NULL);
		apply(d, typed(a, 7, 0, 0, 0, "ab"));
		apply(d, turn ? typed(a, 9, 0, 7, 0, "9") : typed(a, 8, 0, 7, 0, "8"));
		apply(d, turn ? typed(a, 8, 0, 7, 0, "8") : typed(a, 9, 0, 7, 0, "9"));
		says(d, "ab89");
		yjs_doc_free(d);
	}
	arena_free(a);
}

static void
a_scan_survives_the_end_of_its_stamps(void **state)
{
	struct arena *a = arena_new(1024);
	struct yjs_doc *d = yjs_doc_new(NULL);

	(void)state;
	apply(d, typed(a, 9, 0, 0, 0, "9"));
	apply(d, typed(a, 5, 0, 0, 0, "5"));
	d->stamp = UINT32_C(1) << 31;
	for (uint64_t client = 8; client > 5; client--)
		apply(d, typed(a, client, 0, 0, 0, (char[]){ (char)('0' + client), '\0' }));
	assert_true(d->stamp < 100);
	says(d, "56789");
	yjs_doc_free(d);
	arena_free(a);
}

static void
what_comes_too_early_waits(void **state)
{
	struct arena *a = arena_new(1024);
	struct yjs_doc *d = yjs_doc_new(NULL);
	struct buf out = { 0 };

	(void)state;
	apply(d, typed(a, 7, 2, 7, 1, "c"));
	apply(d, (struct bytes){ (const uint8_t[]){ 0, 1, 7, 1, 1, 1 }, 6 });
	apply(d, typed(a, 8, 0, 7, 2, "d"));
	assert_true(yjs_doc_waiting(d) > 0);
	says(d, "");
	yjs_doc_encode(d, NULL, &out);
	assert_true(yjs_is_empty(buf_bytes(&out)));
	apply(d, typed(a, 7, 0, 0, 0, "ab"));
	assert_int_equal(yjs_doc_waiting(d), 0);
	says(d, "acd");
	buf_free(&out);
	yjs_doc_free(d);
	arena_free(a);
}

static void
too_much_that_waits_is_dropped_and_told(void **state)
{
	struct arena *a = arena_new(1024);
	struct yjs_doc *d = yjs_doc_new(&(struct yjs_doc_options){ .pending = 200 });
	struct yjs_applied applied = { 0 };
	struct err e = { 0 };

	(void)state;
	for (uint32_t i = 1; i < 50 && !applied.dropped; i++)
		assert_int_equal(
		    yjs_doc_apply(d, typed(a, 7, 2 * i, 7, 2 * i - 1, "x"), &yjs_limits_all, &applied, &e), 0);
	assert_true(applied.dropped);
	assert_int_equal(applied.waiting, 0);
	apply(d, typed(a, 7, 0, 0, 0, "good"));
	says(d, "good");
	yjs_doc_free(d);
	arena_free(a);
}

static void
clients_are_bounded(void **state)
{
	struct arena *a = arena_new(1024);
	struct yjs_doc *d = yjs_doc_new(&(struct yjs_doc_options){ .clients = 2 });
	struct err e = { 0 };

	(void)state;
	apply(d, typed(a, 1, 0, 0, 0, "a"));
	apply(d, typed(a, 2, 0, 0, 0, "b"));
	assert_int_equal(yjs_doc_apply(d, typed(a, 3, 0, 0, 0, "c"), &yjs_limits_all, NULL, &e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	apply(d, typed(a, 2, 1, 2, 0, "!"));
	says(d, "ab!");
	yjs_doc_free(d);
	arena_free(a);
}

static void
work_is_bounded(void **state)
{
	struct arena *a = arena_new(1024);
	struct yjs_doc *d = yjs_doc_new(&(struct yjs_doc_options){ .work = 100 });
	struct err e = { 0 };
	int result = 0;

	(void)state;
	/* All in one place: each new client looks at all before it. */
	for (uint64_t client = 1; client < 200 && result == 0; client++)
		result = yjs_doc_apply(d, typed(a, client, 0, 0, 0, "x"), &yjs_limits_all, NULL, &e);
	assert_int_equal(result, -1);
	assert_int_equal(e.kind, ERR_INTERNAL);
	assert_int_equal(yjs_doc_apply(d, typed(a, 1, 1, 1, 0, "y"), &yjs_limits_all, NULL, &(struct err){ 0 }), -1);
	yjs_doc_free(d);
	arena_free(a);
}

static void
a_refused_update_changes_nothing(void **state)
{
	struct arena *a = arena_new(1024);
	struct yjs_doc *d = yjs_doc_new(NULL);
	struct err e = { 0 };

	(void)state;
	apply(d, typed(a, 7, 0, 0, 0, "abc"));
	struct bytes good = typed(a, 7, 3, 7, 2, "def");
	for (size_t len = 0; len < good.len; len++)
		assert_int_equal(yjs_doc_apply(d, (struct bytes){ good.data, len }, &yjs_limits_all, NULL, &e), -1);
	says(d, "abc");
	apply(d, good);
	says(d, "abcdef");
	yjs_doc_free(d);
	arena_free(a);
}

static void
a_snapshot_needs_what_was_deleted(void **state)
{
	struct arena *a = arena_new(1024);
	struct bytes gone = { (const uint8_t[]){ 0, 1, 7, 1, 1, 2 }, 6 };
	struct buf then = { 0 }, update = { 0 };
	struct err e = { 0 };

	(void)state;
	for (int keep = 0; keep < 2; keep++) {
		struct yjs_doc *d = yjs_doc_new(&(struct yjs_doc_options){ .keep_deleted = keep });
		apply(d, typed(a, 7, 0, 0, 0, "abcd"));
		yjs_doc_snapshot(d, &then);
		apply(d, gone);
		apply(d, typed(a, 7, 4, 7, 3, "!"));
		says(d, "ad!");
		assert_int_equal(yjs_doc_at(d, buf_bytes(&then), &update, &e), keep ? 0 : -1);
		yjs_doc_free(d);
		buf_clear(&then);
	}
	struct yjs_doc *before = yjs_doc_new(NULL);
	apply(before, buf_bytes(&update));
	says(before, "abcd");
	yjs_doc_free(before);
	buf_free(&then);
	buf_free(&update);
	arena_free(a);
}

static void
roots_are_listed(void **state)
{
	struct arena *a = arena_new(1024);
	struct yjs_doc *d = yjs_doc_new(NULL);
	struct bytes name;
	const void *at = NULL;
	struct buf out = { 0 };

	(void)state;
	assert_false(yjs_doc_roots(d, &at, &name));
	assert_false(yjs_doc_text(d, root, &out));
	apply(d, typed(a, 7, 0, 0, 0, "x"));
	assert_true(yjs_doc_roots(d, &at, &name));
	assert_int_equal(name.len, 1);
	assert_false(yjs_doc_roots(d, &at, &name));
	buf_free(&out);
	yjs_doc_free(d);
	arena_free(a);
}

static void
json_is_told_from_what_is_not(void **state)
{
	static const char *const good[] = { "null", "0", "-0.5e+10", "\"\\u00e9\\n\"", "[]", "{}",
		" [1, {\"a\" : [ ]} ] ", "{\"a\":{\"b\":[true,false]},\"c\":1}" };
	static const char *const bad[] = { "", " ", "nul", "01", "1.", ".5", "+1", "1e", "\"", "\"\\x\"", "\"\t\"",
		"[1,]", "[1 2]", "{\"a\"}", "{\"a\":}", "{a:1}", "{\"a\":1,}", "[", "]", "[}", "1 2", "'a'", "NaN",
		"[[1]" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (!yjson_valid(bytes_of(good[i]), 64))
			fail_msg("refused: %s", good[i]);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (yjson_valid(bytes_of(bad[i]), 64))
			fail_msg("taken: %s", bad[i]);
	}
	assert_true(yjson_valid(bytes_of("[[]]"), 2));
	assert_false(yjson_valid(bytes_of("[[[]]]"), 2));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(typing_goes_on_in_one_item),
		cmocka_unit_test(text_of_any_length_fits),
		cmocka_unit_test(two_who_type_by_turns_do_not_copy_all_each_time),
		cmocka_unit_test(conflicts_are_settled_by_client),
		cmocka_unit_test(a_scan_survives_the_end_of_its_stamps),
		cmocka_unit_test(what_comes_too_early_waits),
		cmocka_unit_test(too_much_that_waits_is_dropped_and_told),
		cmocka_unit_test(clients_are_bounded),
		cmocka_unit_test(work_is_bounded),
		cmocka_unit_test(a_refused_update_changes_nothing),
		cmocka_unit_test(a_snapshot_needs_what_was_deleted),
		cmocka_unit_test(roots_are_listed),
		cmocka_unit_test(json_is_told_from_what_is_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
