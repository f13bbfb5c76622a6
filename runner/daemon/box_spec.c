/*
 * box_spec.c - see box_spec.h.
 *
 * The walls, from outside in: no network but its own loopback; a root file system that cannot be written, and
 * two small ones in memory that can (/w where the program lies, /tmp); memory without swap, processor and processes
 * as box_limits.c says; no capability but the four that the init needs to become somebody else and to kill; no way to
 * gain privileges; our own seccomp profile; nothing of /sys, and of /proc not what speaks of the host. What a
 * program writes to /w, /tmp and /dev/shm counts as its memory.
 */
#include "box_spec.h"

#include "settings.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const char *const masked[] = {
	"/sys", "/proc/acpi", "/proc/asound", "/proc/bus", "/proc/buddyinfo", "/proc/cgroups", "/proc/cmdline",
	"/proc/config.gz", "/proc/consoles", "/proc/crypto", "/proc/devices", "/proc/diskstats", "/proc/dma",
	"/proc/driver", "/proc/execdomains", "/proc/fs", "/proc/interrupts", "/proc/iomem", "/proc/ioports",
	"/proc/irq", "/proc/kallsyms", "/proc/kcore", "/proc/key-users", "/proc/keys", "/proc/kmsg",
	"/proc/kpagecgroup", "/proc/kpagecount", "/proc/kpageflags", "/proc/latency_stats", "/proc/locks",
	"/proc/mdstat", "/proc/misc", "/proc/modules", "/proc/mtrr", "/proc/pagetypeinfo", "/proc/partitions",
	"/proc/pressure", "/proc/sched_debug", "/proc/schedstat", "/proc/scsi", "/proc/slabinfo", "/proc/softirqs",
	"/proc/swaps", "/proc/sys/abi", "/proc/sys/debug", "/proc/sys/dev", "/proc/sys/fs",
	"/proc/sys/kernel/random/boot_id", "/proc/sys/user", "/proc/sysrq-trigger", "/proc/sysvipc",
	"/proc/timer_list", "/proc/timer_stats", "/proc/tty", "/proc/vmallocinfo", "/proc/vmstat", "/proc/zoneinfo",
};

static json_t *
texts(const char *const *list, size_t n)
{
	json_t *a = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(a, json_string(list[i]));
	return a;
}

#define TEXTS(...) \
	texts((const char *const[]){ __VA_ARGS__ }, sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

static json_t *
rights(void)
{
	return json_pack("{s:o, s:o, s:[s, o], s:o, s:o, s:b, s:b}",
	    "CapDrop", TEXTS("ALL"),
	    "CapAdd", TEXTS("SETUID", "SETGID", "SETPCAP", "KILL"),
	    "SecurityOpt", "no-new-privileges", json_sprintf("seccomp=%s", settings.seccomp),
	    "MaskedPaths", texts(masked, sizeof(masked) / sizeof(*masked)),
	    "ReadonlyPaths", TEXTS("/proc/sys"),
	    "ReadonlyRootfs", 1, "Privileged", 0);
}

static json_t *
resources(const struct box_limits *l, bool ahead)
{
	return json_pack("{s:I, s:I, s:i, s:i, s:i, s:i, s:i, s:i, s:[{s:s, s:i, s:i}]}",
	    "Memory", (json_int_t)l->memory, "MemorySwap", (json_int_t)l->memory,
	    "CpuPeriod", BOX_PERIOD_US, "CpuQuota", l->cpu_quota_us,
	    "CpuShares", ahead ? 64 : 1024,
	    "PidsLimit", l->pids + 1,	/* and the init */
	    "ShmSize", 16 << 20, "OomScoreAdj", 500,
	    "Ulimits", "Name", "core", "Soft", 0, "Hard", 0);
}

static json_t *
mount(json_t *from, const char *to)
{
	return json_pack("{s:s, s:o, s:s, s:b, s:{s:s}}", "Type", "bind", "Source", from, "Target", to,
	    "ReadOnly", 1, "BindOptions", "Propagation", "rprivate");
}

/* Our own directory, and what the box was wished to see. */
static json_t *
mounts(const struct box *b, const struct box_wish *wish)
{
	json_t *a = json_array();

	json_array_append_new(a, mount(json_sprintf("%s/%s", settings.jobs_host, b->name), "/.viva"));
	for (size_t i = 0; i < wish->mount_count; i++)
		json_array_append_new(a, mount(json_string(wish->mounts[i].from), wish->mounts[i].to));
	return a;
}

static json_t *
tmpfs(const char *exec, int64_t size)
{
	return json_sprintf("rw,nosuid,nodev,%s,size=%lldk,nr_inodes=4096,mode=1777", exec, (long long)size / 1024);
}

static json_t *
places(const struct box *b, const struct box_wish *wish)
{
	return json_pack("{s:s, s:s, s:s, s:{s:s}, s:{s:o, s:o}, s:o}",
	    "NetworkMode", "none", "IpcMode", "private", "CgroupnsMode", "private",
	    "LogConfig", "Type", "none",
	    "Tmpfs", "/w", tmpfs("exec", b->limits->work), "/tmp", tmpfs("noexec", b->limits->tmp),
	    "Mounts", mounts(b, wish));
}

/* The host's name means loopback in there, and its port may be a small one. */
static json_t *
door(const struct box_wish *wish)
{
	if (wish->door_host == NULL)
		return json_object();
	return json_pack("{s:[o], s:{s:s}}", "ExtraHosts", json_sprintf("%s:127.0.0.1", wish->door_host),
	    "Sysctls", "net.ipv4.ip_unprivileged_port_start", "0");
}

/* What the init finds in its environment, and removes from it. */
static json_t *
environment(const struct box_wish *wish, const char *nonce)
{
	json_t *a = json_pack("[o]", json_sprintf("VIVA_NONCE=%s", nonce));

	if (wish->door_host != NULL)
		json_array_append_new(a, json_sprintf("VIVA_DOOR=%d", wish->door_port));
	return a;
}

void
box_spec(struct buf *out, const struct box *b, const struct box_wish *wish, const char *nonce)
{
	json_t *host = rights();
	json_t *more[] = { resources(b->limits, wish->ahead), places(b, wish), door(wish) };

	for (size_t i = 0; i < sizeof(more) / sizeof(*more); i++) {
		json_object_update(host, more[i]);
		json_decref(more[i]);
	}
	json_t *j = json_pack("{s:s, s:s, s:s, s:s, s:[s], s:o, s:b, s:{s:s, s:s, s:s}, s:o}",
	    "Image", b->image, "Hostname", "viva", "User", "0:0", "WorkingDir", "/w",
	    "Entrypoint", "/.viva/init", "Env", environment(wish, nonce),
	    "NetworkDisabled", wish->door_host == NULL,
	    "Labels", BOX_LABEL, settings.jobs_host, "viva.language", b->language->name, "viva.class", b->limits->name,
	    "HostConfig", host);
	char *text = j != NULL ? json_dumps(j, JSON_COMPACT) : NULL;
	if (text == NULL)
		abort();
	buf_str(out, text);
	free(text);
	json_decref(j);
}
