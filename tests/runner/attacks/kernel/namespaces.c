/*
 * namespaces.c - no new namespace of any kind, by no call
 *
 * status: ok
 * prints: held
 */
#include "attempt.h"
#include <sched.h>

int
main(void)
{
	static const int flags[] = { CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
	    CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET };
	static const char *const own[] = { "mnt", "user", "pid", "net", "ipc", "uts", "cgroup" };
	char path[64];

	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++) {
		REFUSED(unshare(flags[i]));
		REFUSED(unshare(flags[i] | CLONE_NEWUSER));
		REFUSED(syscall(SYS_clone, (long)flags[i] | SIGCHLD, 0, 0, 0, 0));
		REFUSED(syscall(SYS_clone, (long)flags[i] | CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0));
	}
	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++) {
		snprintf(path, sizeof(path), "/proc/self/ns/%s", own[i]);
		REFUSED(syscall(SYS_setns, open(path, O_RDONLY), 0));
	}
	return held();
}
