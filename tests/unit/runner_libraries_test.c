/*
 * runner_libraries_test.c - what a run asks for is read strictly, and what an installer hands out is unpacked warily.
 */
#include "../../runner/daemon/manifest.h"
#include "../../runner/daemon/tar.h"
#include "../../runner/daemon/unpack.h"

#include "in_arena.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* --- manifests */

static const char *
installed(enum manifest_kind kind, const char *text)
{
	struct manifest m;
	struct err err = { 0 };

	assert_int_equal(manifest_parse(arena, &err, kind, text, &m), 0);
	return manifest_text(arena, &m);
}

static void
refused(enum manifest_kind kind, const char *text, const char *why)
{
	struct manifest m;
	struct err err = { 0 };

	if (manifest_parse(arena, &err, kind, text, &m) == 0)
		fail_msg("it was let through: %s", text);
	assert_int_equal(err.kind, ERR_INVALID);
	if (strstr(err.detail, why) == NULL)
		fail_msg("%s: %s, not %s", text, err.detail, why);
}

static void
requirements_become_a_sorted_list(void **state)
{
	(void)state;
	assert_string_equal(installed(MANIFEST_PYTHON, "# tools\r\nZope.Interface == 6.1 # why\r\n\n  attrs==23.1.0"),
	    "attrs==23.1.0\nzope-interface==6.1\n");
	assert_string_equal(installed(MANIFEST_PYTHON, "\n# nothing\n"), "");
}

static void
requirements_are_names_and_versions_and_nothing_else(void **state)
{
	static const struct { const char *text, *why; } cases[] = {
		{ "requests", "line 1: want name==version" },
		{ "\nrequests>=2", "line 2: want name==version" },
		{ "--index-url http://evil==1", "is not the name" },
		{ "-r==1", "is not the name" },
		{ "git+https://a/b==1", "is not the name" },
		{ "./here==1", "is not the name" },
		{ "a b==1", "is not the name" },
		{ "requests[socks]==2.0", "is not the name" },
		{ "requests==2.*", "is not one exact version" },
		{ "requests==", "is not one exact version" },
		{ "requests==2.0; python_version<'3'", "is not one exact version" },
		{ "requests==2.0 --hash=sha256:00", "is not one exact version" },
		{ "requests===2.0", "is not one exact version" },
		{ "a_b==1\nA-B==2", "a-b is asked for twice" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		refused(MANIFEST_PYTHON, cases[i].text, cases[i].why);
}

static void
only_the_dependencies_of_a_package_count(void **state)
{
	(void)state;
	assert_string_equal(installed(MANIFEST_NODE, "{\"type\":\"module\",\"scripts\":{\"postinstall\":\"rm -rf /\"},"
	    "\"dependencies\":{\"lodash\":\"4.17.21\",\"@types/node\":\"18.0.0-rc.1\"}}"),
	    "{\"private\":true,\"dependencies\":{\"@types/node\":\"18.0.0-rc.1\",\"lodash\":\"4.17.21\"}}\n");
	assert_string_equal(installed(MANIFEST_NODE, "{}"), "{\"private\":true,\"dependencies\":{}}\n");
}

static void
packages_are_names_and_versions_and_nothing_else(void **state)
{
	static const struct { const char *text, *why; } cases[] = {
		{ "{", "package.json, line 1" },
		{ "[]", "want an object" },
		{ "{\"dependencies\":[]}", "an object too" },
		{ "{\"dependencies\":{\"a\":\"^1.0.0\"}}", "one exact version" },
		{ "{\"dependencies\":{\"a\":\"latest\"}}", "one exact version" },
		{ "{\"dependencies\":{\"a\":\"1.0\"}}", "one exact version" },
		{ "{\"dependencies\":{\"a\":\"file:../x\"}}", "one exact version" },
		{ "{\"dependencies\":{\"a\":\"npm:b@1.0.0\"}}", "one exact version" },
		{ "{\"dependencies\":{\"a\":1}}", "one exact version" },
		{ "{\"dependencies\":{\"../a\":\"1.0.0\"}}", "is not the name" },
		{ "{\"dependencies\":{\"@a\":\"1.0.0\"}}", "is not the name" },
		{ "{\"dependencies\":{\"@../a\":\"1.0.0\"}}", "is not the name" },
		{ "{\"dependencies\":{\"-g\":\"1.0.0\"}}", "is not the name" },
		{ "{\"dependencies\":{\"\":\"1.0.0\"}}", "is not the name" },
		{ "{\"dependencies\":{\"a\":\"1.0.0\",\"a\":\"1.0.1\"}}", "package.json, line" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		refused(MANIFEST_NODE, cases[i].text, cases[i].why);
}

static void
a_manifest_is_bounded(void **state)
{
	const char *text = "";

	(void)state;
	for (int i = 0; i <= MANIFEST_LIBRARIES_MAX; i++)
		text = arena_printf(arena, "%slib%d==1\n", text, i);
	refused(MANIFEST_PYTHON, text, "more than 32 libraries");
}

/* --- archives */

/* A header and its data at `at`; how much that is. */
static size_t
put(uint8_t *at, char type, const char *name, const char *data)
{
	size_t len = strlen(data);
	unsigned sum = 0;

	memset(at, 0, 512 + (len + 511) / 512 * 512);
	memcpy(at, name, strlen(name));
	snprintf((char *)at + 100, 8, "%07o", 0755);
	snprintf((char *)at + 124, 12, "%011o", (unsigned)len);
	at[156] = (uint8_t)type;
	memcpy(at + 257, "ustar  ", 8);
	memset(at + 148, ' ', 8);
	for (size_t i = 0; i < 512; i++)
		sum += at[i];
	snprintf((char *)at + 148, 8, "%06o", sum);
	memcpy(at + 512, data, len);
	return 512 + (len + 511) / 512 * 512;
}

static uint8_t archive[8192];

/* Unpacks it to a fresh folder, whose path it returns; *err says what was wrong. */
static const char *
unpacked(size_t len, int *result, struct err *err)
{
	char *dir = arena_strdup(arena, "/tmp/viva-unpack-XXXXXX"), *file = arena_strdup(arena, "/tmp/viva-tar-XXXXXX");
	int fd = mkstemp(file);

	assert_non_null(mkdtemp(dir));
	unlink(file);
	assert_int_equal(write(fd, archive, len), len);
	int d = open(dir, O_RDONLY | O_DIRECTORY);
	*err = (struct err){ 0 };
	*result = unpack(fd, d, "set", 1 << 20, err);
	close(d);
	close(fd);
	return dir;
}

static void
clear(const char *dir)
{
	struct err err = { 0 };
	int d = open(dir, O_RDONLY | O_DIRECTORY);

	assert_int_equal(unpack_remove(d, "set", &err), 0);
	assert_int_equal(unpack_remove(d, "set", &err), 0);
	close(d);
	assert_int_equal(rmdir(dir), 0);
}

static void
plain_files_and_folders_come_out(void **state)
{
	struct err err;
	struct stat st;
	int result;
	size_t n = put(archive, '5', "./", "");

	(void)state;
	n += put(archive + n, '0', "./pkg/mod.py", "x = 1\n");
	n += put(archive + n, 'L', "././@LongLink", "./pkg/a/very/long/name.py");
	n += put(archive + n, '0', "./pkg/a/very", "");
	memset(archive + n, 0, 1024);
	const char *dir = unpacked(n + 1024, &result, &err);
	assert_int_equal(result, 0);
	assert_int_equal(stat(arena_printf(arena, "%s/set/pkg/mod.py", dir), &st), 0);
	assert_int_equal(st.st_size, 6);
	assert_int_equal(st.st_mode & 07777, 0755);
	assert_int_equal(stat(arena_printf(arena, "%s/set/pkg/a/very/long/name.py", dir), &st), 0);
	clear(dir);
}

static void
nothing_else_comes_out(void **state)
{
	static const struct { char type; const char *name, *data, *why; } cases[] = {
		{ '2', "link", "", "a link or a device" },
		{ '1', "hard", "", "a link or a device" },
		{ '3', "device", "", "a link or a device" },
		{ 'x', "pax", "12 path=/etc\n", "a link or a device" },
		{ '0', "../out", "x", "leads out" },
		{ '0', "a/../../out", "x", "leads out" },
		{ '0', "/etc/passwd", "x", "leads out" },
		{ '0', "./", "x", "no name" },
	};
	struct err err;
	int result;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *dir = unpacked(put(archive, cases[i].type, cases[i].name, cases[i].data), &result, &err);
		assert_int_equal(result, -1);
		assert_int_equal(err.kind, ERR_INVALID);
		if (strstr(err.detail, cases[i].why) == NULL)
			fail_msg("%s: %s", cases[i].name, err.detail);
		clear(dir);
	}
}

static void
a_file_in_a_file_or_twice_is_refused(void **state)
{
	struct err err;
	int result;
	size_t n = put(archive, '0', "a", "x");

	(void)state;
	clear(unpacked(n + put(archive + n, '0', "a", "y"), &result, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	clear(unpacked(n + put(archive + n, '0', "a/b", "y"), &result, &err));
	assert_int_equal(result, -1);
}

static void
a_damaged_archive_is_refused(void **state)
{
	struct err err;
	int result;
	size_t n = put(archive, '0', "a", "some text");

	(void)state;
	clear(unpacked(n - 512, &result, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	archive[0] ^= 1;
	clear(unpacked(n, &result, &err));
	assert_string_equal(err.detail, "a header is damaged");
	clear(unpacked(100, &result, &err));
	assert_string_equal(err.detail, "it is cut off");
}

static void
an_archive_is_bounded(void **state)
{
	struct err err;
	int result;
	char *much = arena_alloc(arena, 4001);
	size_t n = 0;

	(void)state;
	memset(much, 'x', 4000);
	much[4000] = '\0';
	n = put(archive, '0', "a", much);
	int fd = open("/tmp", O_RDWR | O_TMPFILE, 0600), d = open("/tmp", O_RDONLY | O_DIRECTORY);
	char name[64];
	snprintf(name, sizeof(name), "viva-bounded-%d", (int)getpid());
	assert_int_equal(write(fd, archive, n), n);
	err = (struct err){ 0 };
	result = unpack(fd, d, name, 3999, &err);
	assert_int_equal(result, -1);
	assert_int_equal(err.kind, ERR_INVALID);
	err = (struct err){ 0 };
	assert_int_equal(unpack_remove(d, name, &err), 0);
	close(fd);
	close(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requirements_become_a_sorted_list),
		cmocka_unit_test(requirements_are_names_and_versions_and_nothing_else),
		cmocka_unit_test(only_the_dependencies_of_a_package_count),
		cmocka_unit_test(packages_are_names_and_versions_and_nothing_else),
		cmocka_unit_test(a_manifest_is_bounded),
		cmocka_unit_test(plain_files_and_folders_come_out),
		cmocka_unit_test(nothing_else_comes_out),
		cmocka_unit_test(a_file_in_a_file_or_twice_is_refused),
		cmocka_unit_test(a_damaged_archive_is_refused),
		cmocka_unit_test(an_archive_is_bounded),
	};

	return cmocka_run_group_tests(tests, begin_arena, end_arena);
}
