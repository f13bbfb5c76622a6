/*
 * room_left.c - see room_left.h.
 *
 * Redis answers before it knows whether the disk took what it wrote (appendfsync everysec): it says so with the write
 * after. In the moment in which a disk becomes full it would so promise an edit that is nowhere but in its memory, and
 * is lost if it dies before somebody makes room. So it is not asked when little is left: what a worker may
 * be told by a look that is a little old is far less than the margin.
 *
 * The folder is opened for its file system alone; nobody but Redis may see what is in it.
 */
#include "room_left.h"

#include "clock.h"
#include "config.h"

#include <fcntl.h>
#include <stdbool.h>
#include <sys/statvfs.h>

#define MARGIN (32u << 20)
#define LOOK_MS 50

/* Where the disk cannot be seen, Redis is elsewhere. */
static bool
is_low(int folder)
{
	struct statvfs disk;

	if (folder < 0 || fstatvfs(folder, &disk) < 0)
		return false;
	unsigned long long left = (unsigned long long)disk.f_bavail * disk.f_frsize;
	return left < MARGIN && disk.f_bavail < disk.f_blocks / 2;
}

int
room_left(struct err *e)
{
	static int folder = -2;
	static int64_t looked;
	static bool low;
	int64_t now = clock_mono_ms();

	if (folder == -2)
		folder = open(config_str("VIVA_REDIS_DISK", "/run/viva/state/redis"), O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (looked == 0 || now - looked >= LOOK_MS) {
		low = is_low(folder);
		looked = now;
	}
	return low ? err_set(e, ERR_BUSY, "redis: its disk is almost full") : 0;
}
