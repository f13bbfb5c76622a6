/*
 * yjs_update_test.c - updates, state vectors and messages as bytes. The bytes were made by yjs 13.6.33.
 */
#include "yjs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define BYTES(...) ((struct bytes){ (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }) })

/* doc.clientID = 7; doc.getText("text").insert(0, "ab"), as the transaction sends it. */
#define TYPED BYTES(1, 1, 7, 0, 4, 1, 4, 't', 'e', 'x', 't', 2, 'a', 'b', 0)
/* ... then insert(2, "c"), and delete(0, 1). */
#define TYPED_ON BYTES(1, 1, 7, 2, 0x84, 7, 1, 1, 'c', 0)
#define DELETED BYTES(0, 1, 7, 1, 0, 1)

static void
same(struct buf *ours, struct bytes want)
{
	assert_int_equal(ours->len, want.len);
	assert_memory_equal(ours->data, want.data, want.len);
	buf_free(ours);
}

static void
counts_are_told(void **state)
{
	struct yjs_info info;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(yjs_validate(TYPED, &yjs_limits_plain, &info, &e), 0);
	assert_int_equal(info.structs, 1);
	assert_int_equal(info.clients, 1);
	assert_int_equal(info.deletes, 0);
	assert_false(info.empty);
	assert_int_equal(yjs_validate(DELETED, &yjs_limits_plain, &info, &e), 0);
	assert_int_equal(info.deletes, 1);
	assert_int_equal(yjs_validate(BYTES(0, 0), &yjs_limits_plain, &info, &e), 0);
	assert_true(info.empty);
	assert_true(yjs_is_empty(BYTES(0, 0)));
	assert_false(yjs_is_empty(DELETED));
}

static void
refused(struct bytes update, const struct yjs_limits *lim, enum err_kind kind, const char *reason)
{
	struct err e = { 0 };

	assert_int_equal(yjs_validate(update, lim, NULL, &e), -1);
	assert_int_equal(e.kind, kind);
	if (strstr(e.detail, reason) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", e.detail, reason);
}

static void
a_refusal_says_where_and_why(void **state)
{
	(void)state;
	refused(BYTES(), &yjs_limits_plain, ERR_INVALID, "at byte 0: the end comes too early");
	refused(BYTES(0, 0, 0), &yjs_limits_plain, ERR_INVALID, "at byte 2: bytes behind the end");
	refused(BYTES(0x80, 0, 0), &yjs_limits_plain, ERR_INVALID,
	    "at byte 0: a number that is not in its shortest form");
	refused(BYTES(1, 1, 7, 0, 0, 0, 0), &yjs_limits_plain, ERR_INVALID, "without length");
}

static bool
only_files(void *arg, struct bytes name)
{
	++*(int *)arg;
	return name.len >= 5 && memcmp(name.data, "file:", 5) == 0;
}

static void
each_limit_holds(void **state)
{
	struct bytes two = BYTES(2, 1, 8, 0, 0, 1, 1, 7, 0, 0, 1, 0);
	struct bytes key = BYTES(1, 1, 7, 0, 0x28, 1, 1, 'm', 3, 'k', 'e', 'y', 1, 0x7e, 0);
	struct bytes array = BYTES(1, 1, 7, 0, 8, 1, 1, 'a', 1, 117, 1, 117, 0, 0);
	struct bytes xml = BYTES(1, 1, 7, 0, 7, 1, 1, 'x', 4, 0);
	struct bytes doc = BYTES(1, 1, 7, 0, 9, 1, 1, 'x', 1, 'g', 118, 0, 0);
	struct bytes gap = BYTES(1, 2, 7, 0, 0, 1, 10, 3, 0);
	int asked = 0;

	(void)state;
	refused(two, &(struct yjs_limits){ .clients = 1 }, ERR_TOO_LARGE, "more clients");
	refused(two, &(struct yjs_limits){ .structs = 1 }, ERR_TOO_LARGE, "more structs");
	refused(two, &(struct yjs_limits){ .bytes = 5 }, ERR_TOO_LARGE, "more bytes");
	refused(key, &(struct yjs_limits){ .sub_len = 2 }, ERR_TOO_LARGE, "map key");
	refused(array, &(struct yjs_limits){ .depth = 1 }, ERR_TOO_LARGE, "nested too deep");
	refused(xml, &yjs_limits_plain, ERR_INVALID, "not used here");
	refused(doc, &yjs_limits_plain, ERR_INVALID, "subdocument");
	refused(gap, &(struct yjs_limits){ .no_skips = true }, ERR_INVALID, "a gap");
	refused(TYPED, &(struct yjs_limits){ .root = only_files, .arg = &asked }, ERR_INVALID, "root type of a name");
	assert_int_equal(asked, 1);
	for (size_t i = 0; i < 5; i++) {
		struct bytes all[] = { two, key, array, xml, doc };
		struct err e = { 0 };
		assert_int_equal(yjs_validate(all[i], &yjs_limits_all, NULL, &e), 0);
	}
}

static void
ranges_end_at_gaps(void **state)
{
	struct arena *a = arena_new(256);
	struct yjs_ranges structs, deletes;
	struct err e = { 0 };
	/* GC of 2, Skip of 3, GC of 1; deletes 9+1 and 4+2, not sorted */
	struct bytes update = BYTES(1, 3, 7, 5, 0, 2, 10, 3, 0, 1, 1, 8, 2, 9, 1, 4, 2);

	(void)state;
	assert_int_equal(yjs_ranges(a, update, &yjs_limits_all, &structs, &deletes, &e), 0);
	assert_int_equal(structs.n, 2);
	assert_int_equal(structs.v[0].start, 5);
	assert_int_equal(structs.v[0].end, 7);
	assert_int_equal(structs.v[1].start, 10);
	assert_int_equal(structs.v[1].end, 11);
	assert_int_equal(deletes.n, 2);
	assert_int_equal(deletes.v[0].client, 8);
	assert_int_equal(deletes.v[0].start, 9);
	assert_int_equal(deletes.v[1].end, 6);
	arena_free(a);
}

static void
merging_joins_nothing_and_fills_holes(void **state)
{
	struct bytes in_order[] = { TYPED, TYPED_ON, DELETED };
	struct bytes gapped[] = { TYPED, BYTES(1, 1, 7, 5, 0x84, 7, 4, 1, 'x', 0) };
	struct buf out = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(yjs_merge(&out, in_order, 3, &yjs_limits_plain, &e), 0);
	same(&out, BYTES(1, 2, 7, 0, 4, 1, 4, 't', 'e', 'x', 't', 2, 'a', 'b', 0x84, 7, 1, 1, 'c', 1, 7, 1, 0, 1));
	assert_int_equal(yjs_merge(&out, gapped, 2, &yjs_limits_plain, &e), 0);
	same(&out, BYTES(1, 3, 7, 0, 4, 1, 4, 't', 'e', 'x', 't', 2, 'a', 'b', 10, 3, 0x84, 7, 4, 1, 'x', 0));
	assert_int_equal(yjs_merge(&out, NULL, 0, &yjs_limits_plain, &e), 0);
	same(&out, BYTES(0, 0));
}

static void
merging_puts_clients_in_order(void **state)
{
	struct bytes rising[] = { BYTES(2, 1, 7, 0, 0, 1, 1, 8, 0, 0, 1, 0), BYTES(1, 1, 7, 1, 0, 2, 0) };
	struct buf out = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(yjs_merge(&out, rising, 2, &yjs_limits_all, &e), 0);
	same(&out, BYTES(2, 1, 8, 0, 0, 1, 1, 7, 0, 0, 3, 0));
}

static void
a_bad_update_spoils_no_result(void **state)
{
	struct bytes in[] = { TYPED, BYTES(1, 1) };
	struct buf out = { 0 };
	struct err e = { 0 };

	(void)state;
	buf_str(&out, "before");
	assert_int_equal(yjs_merge(&out, in, 2, &yjs_limits_plain, &e), -1);
	assert_int_equal(yjs_diff(&out, in[1], BYTES(0), &yjs_limits_plain, &(struct err){ 0 }), -1);
	assert_int_equal(yjs_update_sv(&out, in[1], &yjs_limits_plain, &(struct err){ 0 }), -1);
	same(&out, BYTES('b', 'e', 'f', 'o', 'r', 'e'));
}

static void
a_difference_cuts_and_halves_pairs(void **state)
{
	/* "a😀" of client 7: unit 2 is the second half of the pair */
	struct bytes pair = BYTES(1, 1, 7, 0, 4, 1, 1, 't', 5, 'a', 0xf0, 0x9f, 0x98, 0x80, 0);
	struct buf out = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(yjs_diff(&out, TYPED, BYTES(1, 7, 1), &yjs_limits_plain, &e), 0);
	same(&out, BYTES(1, 1, 7, 1, 0x84, 7, 0, 1, 'b', 0));
	assert_int_equal(yjs_diff(&out, pair, BYTES(1, 7, 2), &yjs_limits_plain, &e), 0);
	same(&out, BYTES(1, 1, 7, 2, 0x84, 7, 1, 3, 0xef, 0xbf, 0xbd, 0));
	assert_int_equal(yjs_diff(&out, TYPED, BYTES(1, 7, 2), &yjs_limits_plain, &e), 0);
	same(&out, BYTES(0, 0));
}

static void
state_vectors_are_sorted_and_looked_up(void **state)
{
	struct arena *a = arena_new(256);
	struct buf out = { 0 };
	struct yjs_sv sv;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(yjs_sv_decode(a, BYTES(2, 3, 9, 0x80, 1, 4), 0, &sv, &e), 0);
	assert_int_equal(yjs_sv_get(&sv, 3), 9);
	assert_int_equal(yjs_sv_get(&sv, 128), 4);
	assert_int_equal(yjs_sv_get(&sv, 4), 0);
	yjs_sv_encode(&out, &sv);
	same(&out, BYTES(2, 0x80, 1, 4, 3, 9));
	assert_int_equal(yjs_sv_decode(a, BYTES(2, 3, 9, 4, 4), 1, &sv, &e), -1);
	assert_int_equal(e.kind, ERR_TOO_LARGE);
	assert_int_equal(yjs_update_sv(&out, TYPED, &yjs_limits_plain, &e), 0);
	same(&out, BYTES(1, 7, 2));
	arena_free(a);
}

static void
messages_come_one_after_another(void **state)
{
	struct buf body = { 0 };
	struct yjs_frame f;
	struct err e = { 0 };

	(void)state;
	yjs_frame_write(&body, YJS_SYNC_STEP1, BYTES(0));
	yjs_frame_write(&body, YJS_SYNC_UPDATE, TYPED);
	yjs_frame_write(&body, YJS_QUERY_AWARENESS, BYTES());
	yjs_frame_write(&body, YJS_AWARENESS, BYTES(0));
	struct bytes rest = buf_bytes(&body);
	assert_int_equal(yjs_frame_next(&rest, &f, &e), 1);
	assert_int_equal(f.kind, YJS_SYNC_STEP1);
	assert_int_equal(yjs_frame_next(&rest, &f, &e), 1);
	assert_int_equal(f.kind, YJS_SYNC_UPDATE);
	assert_int_equal(f.payload.len, TYPED.len);
	assert_int_equal(yjs_frame_next(&rest, &f, &e), 1);
	assert_int_equal(f.kind, YJS_QUERY_AWARENESS);
	assert_int_equal(yjs_frame_next(&rest, &f, &e), 1);
	assert_int_equal(f.kind, YJS_AWARENESS);
	assert_int_equal(yjs_frame_next(&rest, &f, &e), 0);
	rest = BYTES(0, 2, 9, 1);
	assert_int_equal(yjs_frame_next(&rest, &f, &e), -1);
	assert_int_equal(rest.len, 4);
	buf_free(&body);
}

static void
awareness_tells_who_is_gone(void **state)
{
	struct arena *a = arena_new(256);
	struct bytes in = BYTES(2, 7, 3, 2, '{', '}', 8, 1, 4, 'n', 'u', 'l', 'l');
	struct buf out = { 0 };
	struct yjs_presence *v;
	struct err e = { 0 };
	size_t n;

	(void)state;
	assert_int_equal(yjs_awareness_decode(a, in, 2, 4, &v, &n, &e), 0);
	assert_int_equal(n, 2);
	assert_int_equal(v[0].client, 7);
	assert_int_equal(v[0].clock, 3);
	assert_false(v[0].gone);
	assert_true(v[1].gone);
	yjs_awareness_encode(&out, v, n);
	same(&out, in);
	assert_int_equal(yjs_awareness_decode(a, in, 1, 4, &v, &n, &e), -1);
	assert_int_equal(yjs_awareness_decode(a, in, 2, 3, &v, &n, &(struct err){ 0 }), -1);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_are_told),
		cmocka_unit_test(a_refusal_says_where_and_why),
		cmocka_unit_test(each_limit_holds),
		cmocka_unit_test(ranges_end_at_gaps),
		cmocka_unit_test(merging_joins_nothing_and_fills_holes),
		cmocka_unit_test(merging_puts_clients_in_order),
		cmocka_unit_test(a_bad_update_spoils_no_result),
		cmocka_unit_test(a_difference_cuts_and_halves_pairs),
		cmocka_unit_test(state_vectors_are_sorted_and_looked_up),
		cmocka_unit_test(messages_come_one_after_another),
		cmocka_unit_test(awareness_tells_who_is_gone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
