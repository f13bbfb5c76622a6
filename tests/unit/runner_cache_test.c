/*
 * runner_cache_test.c - what was compiled comes back as it was, or not at all.
 */
#include "../../runner/daemon/cache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static const char key[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
static char dir[64], path[200];

static struct cache_entry
entry(void)
{
	return (struct cache_entry){ { (const uint8_t *)"a warning", 9 }, { (const uint8_t *)"a\0program", 9 } };
}

static int
put(void **state)
{
	struct cache_entry e = entry();

	(void)state;
	strcpy(dir, "/tmp/viva-cache-XXXXXX");
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/%s", dir, key);
	cache_put(dir, key, &e);
	return 0;
}

static int
away(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(dir);
}

static void
an_entry_comes_back_whole(void **state)
{
	struct buf said = { 0 };
	char data[20];

	(void)state;
	int fd = cache_get(dir, key, &said);
	assert_true(fd >= 0);
	assert_int_equal(pread(fd, data, sizeof(data), 0), 9);
	assert_memory_equal(data, "a\0program", 9);
	assert_string_equal(buf_cstr(&said), "a warning");
	close(fd);
	buf_free(&said);
}

static void
a_spoilt_one_is_removed_and_not_believed(void **state)
{
	struct buf said = { 0 };
	int fd = open(path, O_WRONLY);

	(void)state;
	assert_int_equal(pwrite(fd, "x", 1, 85), 1);
	close(fd);
	assert_int_equal(cache_get(dir, key, &said), -1);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(said.len, 0);
}

static void
a_cut_one_too(void **state)
{
	struct buf said = { 0 };

	(void)state;
	assert_int_equal(truncate(path, 90), 0);
	assert_int_equal(cache_get(dir, key, &said), -1);
	assert_int_equal(access(path, F_OK), -1);
}

static void
nor_is_one_under_another_key(void **state)
{
	char other[sizeof(key)], to[200];
	struct buf said = { 0 };

	(void)state;
	memcpy(other, key, sizeof(key));
	other[0] = 'f';
	snprintf(to, sizeof(to), "%s/%s", dir, other);
	assert_int_equal(rename(path, to), 0);
	assert_int_equal(cache_get(dir, other, &said), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_entry_comes_back_whole, put, away),
		cmocka_unit_test_setup_teardown(a_spoilt_one_is_removed_and_not_believed, put, away),
		cmocka_unit_test_setup_teardown(a_cut_one_too, put, away),
		cmocka_unit_test_setup_teardown(nor_is_one_under_another_key, put, away),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
