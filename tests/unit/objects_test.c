/*
 * objects_test.c - what holds for any store of objects. By VIVA_OBJECTS, or else in a directory of its own:
 * tests/objects runs the same against a server that speaks S3.
 */
#include "objects.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct arena *arena;
static struct objects *store;
static struct err err;
static char *own;	/* the directory, when it is ours */

static void
put(const char *key, const char *value)
{
	if (objects_put(store, &err, key, bytes_of(value)) < 0)
		fail_msg("%s", err.detail);
}

static void
holds(const char *key, int64_t from, size_t len, const char *value)
{
	struct bytes got;

	if (objects_get(store, arena, &err, key, from, len, &got) < 0)
		fail_msg("%s", err.detail);
	assert_int_equal(got.len, strlen(value));
	assert_memory_equal(got.data, value, got.len);
}

static void
what_was_put_is_there(void **state)
{
	(void)state;
	assert_int_equal(objects_exists(store, &err, "runs/a/output.1"), 0);
	put("runs/a/output.1", "hello, world");
	assert_int_equal(objects_exists(store, &err, "runs/a/output.1"), 1);
	holds("runs/a/output.1", 0, 100, "hello, world");
	put("runs/a/output.1", "another");
	holds("runs/a/output.1", 0, 100, "another");
	assert_int_equal(objects_put(store, &err, "empty", bytes_of("")), -1);
	err_clear(&err);
	assert_int_equal(objects_exists(store, &err, "empty"), 0);
}

static void
a_part_of_it(void **state)
{
	(void)state;
	put("part", "0123456789");
	holds("part", 0, 4, "0123");
	holds("part", 4, 3, "456");
	holds("part", 8, 100, "89");
	holds("part", 10, 1, "");
	holds("part", 1000, 5, "");
	holds("part", 3, 0, "");
}

static void
keys_of_every_letter(void **state)
{
	static const char *const keys[] = { "a b", "a//b", "/a", "a/", "", "../a", "a/../b", ".a", "a/.b", "a\\b",
		"\xc3\xa9" };

	(void)state;
	put("odd/!\"#$%&'()*+,-0:;<=>?@A[]^_`a{|}~", "odd");
	holds("odd/!\"#$%&'()*+,-0:;<=>?@A[]^_`a{|}~", 0, 10, "odd");
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		err_clear(&err);
		assert_int_equal(objects_put(store, &err, keys[i], bytes_of("x")), -1);
		assert_int_equal(err.kind, ERR_INTERNAL);
	}
	err_clear(&err);
}

static void
what_is_deleted_is_gone(void **state)
{
	struct bytes got;

	(void)state;
	put("runs/b/output.1", "x");
	put("runs/b/program", "y");
	assert_int_equal(objects_delete(store, &err, "runs/b/output.1"), 0);
	assert_int_equal(objects_delete(store, &err, "runs/b/output.1"), 0);
	holds("runs/b/program", 0, 1, "y");
	assert_int_equal(objects_get(store, arena, &err, "runs/b/output.1", 0, 1, &got), -1);
	assert_int_equal(err.kind, ERR_NOT_FOUND);
	err_clear(&err);
	assert_int_equal(objects_delete(store, &err, "runs/b/program"), 0);
	assert_int_equal(objects_exists(store, &err, "runs/b/program"), 0);
	put("runs/b/program", "again");
	holds("runs/b/program", 0, 10, "again");
}

static void
a_large_one(void **state)
{
	size_t len = 3u << 20;
	uint8_t *data = arena_alloc(arena, len);
	struct bytes got;

	(void)state;
	for (size_t i = 0; i < len; i++)
		data[i] = (uint8_t)(i * 7 + i / 251);
	assert_int_equal(objects_put(store, &err, "large", (struct bytes){ data, len }), 0);
	assert_int_equal(objects_get(store, arena, &err, "large", 0, len + 1, &got), 0);
	assert_int_equal(got.len, len);
	assert_memory_equal(got.data, data, len);
	assert_int_equal(objects_get(store, arena, &err, "large", 1000000, 5000, &got), 0);
	assert_int_equal(got.len, 5000);
	assert_memory_equal(got.data, data + 1000000, 5000);
}

/* A directory alone: no part of a file under a key's name, and nothing left behind. */
static void
a_full_disk_leaves_what_was_there(void **state)
{
	const char *full = getenv("VIVA_FULL");
	struct objects *small;
	uint8_t *data = arena_array(arena, 1, 2u << 20);

	(void)state;
	if (full == NULL)
		return;
	setenv("VIVA_OBJECTS", full, 1);
	assert_int_equal(objects_open(&err, &small), 0);
	assert_int_equal(objects_put(small, &err, "runs/x", bytes_of("small")), 0);
	assert_int_equal(objects_put(small, &err, "runs/x", (struct bytes){ data, 2u << 20 }), -1);
	assert_int_equal(err.kind, ERR_BUSY);
	err_clear(&err);
	struct bytes got;
	assert_int_equal(objects_get(small, arena, &err, "runs/x", 0, 10, &got), 0);
	assert_memory_equal(got.data, "small", 5);
	assert_int_equal(objects_put(small, &err, "runs/y", bytes_of("there is room again")), 0);
	objects_close(small);
}

static int
set_up(void **state)
{
	char dir[] = "/tmp/viva-objects-XXXXXX";

	(void)state;
	arena = arena_new(4096);
	if (getenv("VIVA_OBJECTS") == NULL) {
		if (mkdtemp(dir) == NULL)
			return -1;
		own = strdup(dir);
		setenv("VIVA_OBJECTS", own, 1);
	}
	if (objects_open(&err, &store) == 0 && store != NULL)
		return 0;
	print_error("%s\n", err.detail);
	return -1;
}

static int
tear_down(void **state)
{
	static const char *const made[] = { "runs/a/output.1", "part", "odd/!\"#$%&'()*+,-0:;<=>?@A[]^_`a{|}~",
		"runs/b/program", "large" };

	(void)state;
	for (size_t i = 0; i < sizeof(made) / sizeof(*made); i++)
		objects_delete(store, &err, made[i]);
	objects_close(store);
	arena_free(arena);
	/* With its last object every folder went, too, and no part of a file is left. */
	int r = own != NULL ? rmdir(own) : 0;
	free(own);
	return r;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_put_is_there),
		cmocka_unit_test(a_part_of_it),
		cmocka_unit_test(keys_of_every_letter),
		cmocka_unit_test(what_is_deleted_is_gone),
		cmocka_unit_test(a_large_one),
		cmocka_unit_test(a_full_disk_leaves_what_was_there),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
