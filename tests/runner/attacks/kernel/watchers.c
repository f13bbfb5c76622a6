/*
 * watchers.c - performance counters, page faults in user space, secret memory and file watchers of the kernel are shut
 *
 * status: ok
 * prints: held
 */
#include "attempt.h"

int
main(void)
{
	char attr[128] = { 0 };

	REFUSED(syscall(SYS_perf_event_open, attr, 0, -1, -1, 0));
	REFUSED(syscall(SYS_userfaultfd, 0));
	REFUSED(syscall(SYS_userfaultfd, 1));
	REFUSED(open("/dev/userfaultfd", O_RDWR));
	REFUSED(syscall(447, 0));				/* memfd_secret */
	REFUSED(syscall(SYS_fanotify_init, 0, 0));
	REFUSED(syscall(SYS_lookup_dcookie, 0, attr, sizeof(attr)));
	return held();
}
