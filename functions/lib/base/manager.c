/*
 * manager.c - see manager.h.
 */
#include "manager.h"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Nobody else may open it: a lock of theirs would look like the manager's. */
static int
open_lock(int flags)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/fnd.lock", config_str("VIVA_RUN", "/run/viva/state/run"));
	return open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
}

/* The file stays open: to close it is to give the lock back. */
int
manager_begin(void)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = open_lock(O_RDWR | O_CREAT);

	if (fd < 0 || fcntl(fd, F_SETLK, &lock) == 0)
		return fd < 0 ? -1 : 0;
	int why = errno;
	close(fd);
	errno = why;
	return -1;
}

pid_t
manager_pid(void)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = open_lock(O_RDONLY);

	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	int known = fcntl(fd, F_GETLK, &lock);
	close(fd);
	if (known < 0)
		return -1;
	return lock.l_type == F_UNLCK ? 0 : lock.l_pid;
}

bool
manager_path(const char *name, const char *kind, char out[LOCAL_PATH])
{
	int n = snprintf(out, LOCAL_PATH, "%s/fn/%s.%s", config_str("VIVA_RUN", "/run/viva/state/run"), name, kind);

	errno = ENAMETOOLONG;
	return n > 0 && n < LOCAL_PATH;
}

int
manager_connect(const char *name)
{
	char path[LOCAL_PATH];

	return manager_path(name, "sock", path) ? local_connect(path, SOCK_STREAM | SOCK_NONBLOCK, 0) : -1;
}

const char *
manager_programs(void)
{
	static char path[1024];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 8);

	for (int slashes = 0; n > 0 && slashes < 2; n--)
		slashes += path[n - 1] == '/';
	if (n <= 0)
		return "build/fn";
	strcpy(path + n, "/fn");
	return path;
}
