/*
 * runner_cgroup_test.c - what the kernel counted is found and read wherever the engine put it, in cgroup v1 and v2.
 *
 * Mounts, groups and counters in the form in which kernels of both kinds write them (Documentation/admin-guide/
 * cgroup-v1, cgroup-v2.rst), in a folder of our own. What this very machine has is tried at the end.
 */
#include "../../runner/daemon/cgroup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define ID "4f1d2c8a9be0"

static char top[] = "/tmp/viva-cgroup-XXXXXX";

/* A file below top, and the folders in front of it. */
static void
make(const char *path, const char *text)
{
	char command[2048], name[1024];

	snprintf(command, sizeof(command), "mkdir -p \"$(dirname '%s/%s')\"", top, path);
	assert_int_equal(system(command), 0);
	snprintf(name, sizeof(name), "%s/%s", top, path);
	FILE *f = fopen(name, "we");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static const char *
content(const char *path)
{
	static char text[256];
	char name[1024];

	snprintf(name, sizeof(name), "%s/%s", top, path);
	FILE *f = fopen(name, "re");
	assert_non_null(f);
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	return text;
}

static bool
find(struct cgroup *g)
{
	char mounts[64], groups[64];

	snprintf(mounts, sizeof(mounts), "%s/mounts", top);
	snprintf(groups, sizeof(groups), "%s/groups", top);
	return cgroup_find_in(g, mounts, groups);
}

static void
mounts(const char *v1, const char *v2)
{
	char text[2048] = "proc /proc proc rw 0 0\n";
	char *end = text + strlen(text);

	for (const char *c = v1; *c != '\0'; c += strcspn(c, " ") + (c[strcspn(c, " ")] != '\0'))
		end += sprintf(end, "cgroup %s/fs/%.*s cgroup rw,nosuid,%.*s 0 0\n", top, (int)strcspn(c, " "), c,
		    (int)strcspn(c, " "), c);
	if (v2 != NULL)
		sprintf(end, "cgroup2 %s/%s cgroup2 rw,nosuid,nsdelegate 0 0\n", top, v2);
	make("mounts", text);
}

static int
set_up(void **state)
{
	(void)state;
	strcpy(top + strlen(top) - 6, "XXXXXX");
	return mkdtemp(top) == NULL;
}

static int
tear_down(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", top);
	return system(command);
}

static void
put_v2(const char *dir)
{
	static const struct { const char *name, *text; } files[] = {
		{ "memory.peak", "9961472\n" }, { "memory.current", "8388608\n" },
		{ "memory.events", "low 0\nhigh 0\nmax 17\noom 2\noom_kill 1\noom_group_kill 0\n" },
		{ "cpu.stat", "usage_usec 123456\nuser_usec 100000\nsystem_usec 23456\nnr_periods 3\nnr_throttled 1\n"
			      "throttled_usec 5000\nnr_bursts 0\nburst_usec 0\n" },
		{ "cpu.max", "max 100000\n" }, { "cpu.max.burst", "0\n" }, { "cpu.weight", "3\n" },
	};
	char path[512];

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, files[i].name);
		make(path, files[i].text);
	}
}

/* The group's folder under the mount, as the engine's two drivers make it. */
static void
v2_is_read(const char *group)
{
	struct cgroup g;
	char dir[256], path[512], line[300];

	snprintf(dir, sizeof(dir), "fs%.200s", group);
	snprintf(line, sizeof(line), "0::%s\n", group);
	mounts("", "fs");
	make("groups", line);
	put_v2(dir);
	assert_true(find(&g));
	assert_true(g.v2);
	assert_int_equal(cgroup_cpu_us(&g), 123456);
	assert_int_equal(cgroup_peak_kb(&g), 9728);
	assert_int_equal(cgroup_memory(&g), 8388608);
	assert_int_equal(cgroup_oom_kills(&g), 1);
	assert_true(cgroup_quota(&g, 50000, 100000));
	snprintf(path, sizeof(path), "%s/cpu.max", dir);
	assert_memory_equal(content(path), "50000 100000", 12);
	assert_true(cgroup_quota(&g, -1, 100000));
	assert_memory_equal(content(path), "max 100000", 10);
	assert_true(cgroup_burst(&g, 50000));
	snprintf(path, sizeof(path), "%s/cpu.max.burst", dir);
	assert_memory_equal(content(path), "50000", 5);
	assert_true(cgroup_weight(&g, 100));
	snprintf(path, sizeof(path), "%s/cpu.weight", dir);
	assert_memory_equal(content(path), "100", 3);
	assert_true(cgroup_sockets(&g, 1 << 20));
}

static void
v2_with_the_driver_cgroupfs(void **state)
{
	(void)state;
	v2_is_read("/docker/" ID);
}

static void
v2_with_the_driver_systemd(void **state)
{
	(void)state;
	v2_is_read("/system.slice/docker-" ID ".scope");
}

static void
v2_without_a_peak(void **state)
{
	struct cgroup g;
	char path[128];

	(void)state;
	v2_is_read("/docker/" ID);
	snprintf(path, sizeof(path), "%s/fs/docker/" ID "/memory.peak", top);
	assert_int_equal(unlink(path), 0);
	assert_true(find(&g));
	assert_int_equal(cgroup_peak_kb(&g), -1);
	assert_int_equal(cgroup_oom_kills(&g), 1);
}

/* Controllers of v1 beside a hierarchy of v2 that has none: the numbers are those of v1. */
static void
v1_is_read(const char *group, const char *v2)
{
	static const struct { const char *controller, *name, *text; } files[] = {
		{ "memory", "memory.max_usage_in_bytes", "9961472\n" },
		{ "memory", "memory.usage_in_bytes", "8388608\n" },
		{ "memory", "memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n" },
		{ "memory", "memory.kmem.tcp.limit_in_bytes", "9223372036854771712\n" },
		{ "cpu,cpuacct", "cpuacct.usage", "123456789\n" }, { "cpu,cpuacct", "cpu.cfs_quota_us", "-1\n" },
		{ "cpu,cpuacct", "cpu.cfs_burst_us", "0\n" }, { "cpu,cpuacct", "cpu.shares", "64\n" },
	};
	struct cgroup g;
	char path[300], text[600];

	mounts("memory cpu,cpuacct pids", v2);
	snprintf(text, sizeof(text), "12:pids:%1$s\n4:memory:%1$s\n3:cpu,cpuacct:%1$s\n1:name=systemd:%1$s\n0::%1$s\n",
	    group);
	make("groups", text);
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		snprintf(path, sizeof(path), "fs/%s%s/%s", files[i].controller, group, files[i].name);
		make(path, files[i].text);
	}
	assert_true(find(&g));
	assert_false(g.v2);
	assert_int_equal(cgroup_cpu_us(&g), 123456);
	assert_int_equal(cgroup_peak_kb(&g), 9728);
	assert_int_equal(cgroup_memory(&g), 8388608);
	assert_int_equal(cgroup_oom_kills(&g), 3);
	assert_true(cgroup_quota(&g, 50000, 100000));
	snprintf(path, sizeof(path), "fs/cpu,cpuacct%s/cpu.cfs_quota_us", group);
	assert_memory_equal(content(path), "50000", 5);
	assert_true(cgroup_weight(&g, 100));
	snprintf(path, sizeof(path), "fs/cpu,cpuacct%s/cpu.shares", group);
	assert_memory_equal(content(path), "1024", 4);
}

static void
v1_with_the_driver_cgroupfs(void **state)
{
	(void)state;
	v1_is_read("/docker/" ID, NULL);
}

static void
v1_with_the_driver_systemd_beside_v2(void **state)
{
	(void)state;
	v1_is_read("/system.slice/docker-" ID ".scope", "fs/unified");
}

static void
a_group_that_is_not_here_is_not_found(void **state)
{
	struct cgroup g;

	(void)state;
	mounts("", "fs");
	make("groups", "0::/../another/namespace\n");
	assert_false(find(&g));
	assert_int_equal(cgroup_cpu_us(&g), -1);
	assert_int_equal(cgroup_oom_kills(&g), -1);
	assert_false(cgroup_quota(&g, 50000, 100000));
	make("groups", "nonsense\n::\n0:\n");
	assert_false(find(&g));
}

static void
this_machine_counts_us(void **state)
{
	struct cgroup g;

	(void)state;
	if (!cgroup_find(&g, getpid()))
		skip();		/* no cgroups where we are: check-host says what that means */
	for (volatile int i = 0; i < 10000000; i++)
		;
	assert_true(cgroup_cpu_us(&g) > 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(v2_with_the_driver_cgroupfs),
		T(v2_with_the_driver_systemd),
		T(v2_without_a_peak),
		T(v1_with_the_driver_cgroupfs),
		T(v1_with_the_driver_systemd_beside_v2),
		T(a_group_that_is_not_here_is_not_found),
		cmocka_unit_test(this_machine_counts_us),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
