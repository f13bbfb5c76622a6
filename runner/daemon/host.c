/*
 * host.c - see host.h.
 *
 * What a container may use is bounded by its cgroup, but all of them together may want more than there is: then the
 * kernel would choose whom to kill. So nothing is begun below a floor. The jobs' folder holds sockets only; when its
 * disk is full a container cannot be reached, and it is better that the run waits.
 */
#include "host.h"

#include "clock.h"
#include "log.h"
#include "metrics.h"
#include "settings.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#define MEMORY_FLOOR (INT64_C(64) << 20)
#define DISK_FLOOR (INT64_C(1) << 20)
#define FILES_FLOOR 64
#define CLOCK_SET_MS 1000	/* less is how clocks are kept right */

static struct metric memory = METRIC_GAUGE("viva_host_memory_available_bytes", "Memory that may still be used.");
static struct metric disk = METRIC_GAUGE("viva_host_disk_available_bytes", "Room on the disk of the jobs' folder.");
static struct metric fitting = METRIC_GAUGE("viva_host_fits", "Whether there is memory and disk for a run.");
static struct metric jumps = METRIC_COUNTER("viva_host_clock_set_total", "Times that the clock was set.");

static atomic_bool is_short;

int64_t
host_available(const char *meminfo)
{
	static const char name[] = "MemAvailable:";
	const char *line = strstr(meminfo, name);

	return line == NULL ? -1 : strtoll(line + sizeof(name) - 1, NULL, 10) * 1024;
}

int64_t
host_clock_set(int64_t wall_ms, int64_t mono_ms)
{
	static int64_t apart;
	int64_t by = apart == 0 ? 0 : wall_ms - mono_ms - apart;

	apart = wall_ms - mono_ms;
	return by >= CLOCK_SET_MS || by <= -CLOCK_SET_MS ? by : 0;
}

static int64_t
memory_available(void)
{
	char text[2048];
	FILE *f = fopen("/proc/meminfo", "re");
	size_t n = f == NULL ? 0 : fread(text, 1, sizeof(text) - 1, f);

	if (f != NULL)
		fclose(f);
	text[n] = '\0';
	return host_available(text);
}

/* Why nothing can be begun now, or NULL. */
static const char *
shortage(void)
{
	int64_t bytes = memory_available();
	struct statvfs s;

	metric_set(&memory, (double)bytes, NULL, NULL);
	if (bytes >= 0 && bytes < MEMORY_FLOOR)
		return "memory";
	if (statvfs(settings.jobs, &s) < 0)
		return NULL;
	metric_set(&disk, (double)s.f_bavail * (double)s.f_frsize, NULL, NULL);
	/* Some file systems count no files. */
	bool files = s.f_files == 0 || s.f_favail >= FILES_FLOOR;
	return files && (int64_t)(s.f_bavail * s.f_frsize) >= DISK_FLOOR ? NULL : "disk";
}

void
host_look(void)
{
	const char *what = shortage();
	int64_t by = host_clock_set(clock_wall_ms(), clock_mono_ms());

	if (what != NULL && !is_short)
		log_error("this machine is short of %s: no run is begun until it is not", what);
	if (what == NULL && is_short)
		log_info("there is room for runs again");
	is_short = what != NULL;
	metric_set(&fitting, what == NULL, NULL, NULL);
	metric_add(&jumps, by != 0, NULL, NULL);
	if (by != 0)
		log_warn("this machine's clock was set %s by %lld s", by > 0 ? "forward" : "back", llabs(by) / 1000);
}

bool
host_fits(void)
{
	return !is_short;
}
