/*
 * cgroup.c - see cgroup.h.
 *
 * /proc/<pid>/cgroup has a line for each hierarchy, "id:controllers:path"; v2 is "0::path". Where the
 * hierarchies are mounted is read from /proc/self/mounts.
 */
#include "cgroup.h"

#include <fcntl.h>
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Whether `name` is one of the words of a list apart by commas. */
static bool
in_list(const char *list, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = list; p != NULL; p = strchr(p, ',')) {
		p += *p == ',';
		if (strncmp(p, name, n) == 0 && (p[n] == '\0' || p[n] == ','))
			return true;
	}
	return false;
}

/* Where a v1 controller (or, for "", the v2 hierarchy) is mounted. */
static bool
mounted(const char *mounts, const char *controller, char out[CGROUP_PATH_MAX])
{
	FILE *f = setmntent(mounts, "re");
	struct mntent m;
	char text[4096];
	bool found = false;

	while (f != NULL && !found && getmntent_r(f, &m, text, sizeof(text)) != NULL) {
		if (strcmp(m.mnt_type, *controller == '\0' ? "cgroup2" : "cgroup") != 0 ||
		    (*controller != '\0' && !in_list(m.mnt_opts, controller)))
			continue;
		found = snprintf(out, CGROUP_PATH_MAX, "%s", m.mnt_dir) < CGROUP_PATH_MAX;
	}
	if (f != NULL)
		endmntent(f);
	return found;
}

/* The path of a process in the hierarchy of `controller`, as its line has it. */
static bool
own_path(const char *groups, const char *controller, char out[CGROUP_PATH_MAX])
{
	FILE *f = fopen(groups, "re");
	char line[1024];
	bool found = false;

	while (f != NULL && !found && fgets(line, sizeof(line), f) != NULL) {
		char *list = strchr(line, ':'), *path = list != NULL ? strchr(list + 1, ':') : NULL;
		if (path == NULL)
			continue;
		*path++ = '\0';
		path[strcspn(path, "\n")] = '\0';
		bool same = *controller == '\0' ? list[1] == '\0' : in_list(list + 1, controller);
		found = same && snprintf(out, CGROUP_PATH_MAX, "%s", path) < CGROUP_PATH_MAX;
	}
	if (f != NULL)
		fclose(f);
	return found;
}

/* A path that leads nowhere is that of another namespace, or of an engine on another host. */
static void
directory(const char *mounts, const char *groups, const char *controller, char out[CGROUP_PATH_MAX])
{
	char top[CGROUP_PATH_MAX], path[CGROUP_PATH_MAX];

	if (!mounted(mounts, controller, top) || !own_path(groups, controller, path) ||
	    snprintf(out, CGROUP_PATH_MAX, "%s%s", top, path) >= CGROUP_PATH_MAX || access(out, F_OK) < 0)
		out[0] = '\0';
}

bool
cgroup_find_in(struct cgroup *g, const char *mounts, const char *groups)
{
	memset(g, 0, sizeof(*g));
	directory(mounts, groups, "memory", g->memory);
	directory(mounts, groups, "cpu", g->cpu);
	directory(mounts, groups, "cpuacct", g->cpuacct);
	if (g->memory[0] != '\0')
		return true;
	g->v2 = true;
	directory(mounts, groups, "", g->memory);
	memcpy(g->cpu, g->memory, sizeof(g->cpu));
	memcpy(g->cpuacct, g->memory, sizeof(g->cpuacct));
	return g->memory[0] != '\0';
}

bool
cgroup_find(struct cgroup *g, pid_t pid)
{
	char groups[64];

	snprintf(groups, sizeof(groups), "/proc/%d/cgroup", (int)pid);
	return cgroup_find_in(g, "/proc/self/mounts", groups);
}

/* The number in a file, or behind a word at the start of one of its lines. -1 where there is none. */
static int64_t
number(const char *dir, const char *file, const char *key)
{
	char path[CGROUP_PATH_MAX + 64], text[4096];

	if (*dir == '\0')
		return -1;
	snprintf(path, sizeof(path), "%s/%s", dir, file);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return -1;
	text[n] = '\0';
	if (key == NULL)
		return strtoll(text, NULL, 10);
	size_t len = strlen(key);
	for (const char *p = text; p != NULL; p = strchr(p, '\n')) {
		p += *p == '\n';
		if (strncmp(p, key, len) == 0 && p[len] == ' ')
			return strtoll(p + len, NULL, 10);
	}
	return -1;
}

static bool
put_text(const char *dir, const char *file, const char *text)
{
	char path[CGROUP_PATH_MAX + 64];
	ssize_t n = (ssize_t)strlen(text);

	if (*dir == '\0')
		return false;
	snprintf(path, sizeof(path), "%s/%s", dir, file);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	bool done = write(fd, text, (size_t)n) == n;
	close(fd);
	return done;
}

static bool
put(const char *dir, const char *file, long long value)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", value);
	return put_text(dir, file, text);
}

int64_t
cgroup_cpu_us(const struct cgroup *g)
{
	if (g->v2)
		return number(g->cpu, "cpu.stat", "usage_usec");
	int64_t ns = number(g->cpuacct, "cpuacct.usage", NULL);
	return ns < 0 ? -1 : ns / 1000;
}

int64_t
cgroup_peak_kb(const struct cgroup *g)
{
	int64_t bytes = number(g->memory, g->v2 ? "memory.peak" : "memory.max_usage_in_bytes", NULL);

	return bytes < 0 ? -1 : bytes / 1024;
}

int64_t
cgroup_memory(const struct cgroup *g)
{
	return number(g->memory, g->v2 ? "memory.current" : "memory.usage_in_bytes", NULL);
}

int64_t
cgroup_oom_kills(const struct cgroup *g)
{
	return number(g->memory, g->v2 ? "memory.events" : "memory.oom_control", "oom_kill");
}

void
cgroup_reset_peak(const struct cgroup *g)
{
	/* v2's memory.peak is reset for one open descriptor only (Linux 6.12): left alone. */
	if (!g->v2)
		put(g->memory, "memory.max_usage_in_bytes", 0);
}

bool
cgroup_sockets(const struct cgroup *g, int64_t bytes)
{
	return g->v2 || put(g->memory, "memory.kmem.tcp.limit_in_bytes", bytes);
}

bool
cgroup_quota(const struct cgroup *g, int us, int period_us)
{
	char text[64];

	if (!g->v2)
		return put(g->cpu, "cpu.cfs_quota_us", us);	/* the period stays as it was made */
	if (us < 0)
		snprintf(text, sizeof(text), "max %d", period_us);
	else
		snprintf(text, sizeof(text), "%d %d", us, period_us);
	return put_text(g->cpu, "cpu.max", text);
}

bool
cgroup_weight(const struct cgroup *g, int percent)
{
	return g->v2 ? put(g->cpu, "cpu.weight", percent) : put(g->cpu, "cpu.shares", percent * 1024LL / 100);
}

bool
cgroup_burst(const struct cgroup *g, int us)
{
	return put(g->cpu, g->v2 ? "cpu.max.burst" : "cpu.cfs_burst_us", us);
}
