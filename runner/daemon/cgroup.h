/*
 * cgroup.h - what the kernel counted for a container, from the host's side, in cgroup v1 and v2.
 *
 * Found by the process id of its init, so it does not matter how the engine names its groups. The files
 * vanish with the container: read them while the init still waits to be let go. A number that cannot
 * be had is -1.
 */
#ifndef RUNNER_CGROUP_H
#define RUNNER_CGROUP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define CGROUP_PATH_MAX 512

struct cgroup {
	bool v2;
	char cpu[CGROUP_PATH_MAX];	/* directories; "" where there is none */
	char cpuacct[CGROUP_PATH_MAX];
	char memory[CGROUP_PATH_MAX];
};

/* False where the process's groups are not to be found: then every number is -1. */
bool cgroup_find(struct cgroup *g, pid_t pid);

/* The same from files that say it: one as /proc/self/mounts is, one as /proc/<pid>/cgroup. */
bool cgroup_find_in(struct cgroup *g, const char *mounts, const char *groups);

int64_t cgroup_cpu_us(const struct cgroup *g);		/* used so far */
int64_t cgroup_peak_kb(const struct cgroup *g);		/* most memory since the last reset */
int64_t cgroup_memory(const struct cgroup *g);		/* bytes in use now */
int64_t cgroup_oom_kills(const struct cgroup *g);	/* processes killed for want of memory */
void cgroup_reset_peak(const struct cgroup *g);		/* as far as the kernel can */

/*
 * Bounds the buffers of its sockets. With v1 they are not part of its memory, but of what all sockets of the host
 * share; with v2 they are, and there is nothing to do. False where it could not be done.
 */
bool cgroup_sockets(const struct cgroup *g, int64_t bytes);
/* Processor time in each period; -1: as much as there is. */
bool cgroup_quota(const struct cgroup *g, int us, int period_us);

/* Its share where there is not enough for all; 100 is usual. */
bool cgroup_weight(const struct cgroup *g, int percent);

/* Lets unused quota be saved up to `us`, so that a start is not throttled. False on an old kernel. */
bool cgroup_burst(const struct cgroup *g, int us);

#endif
