/*
 * init_memory.c - the init cannot be traced, copied from, or have its descriptors taken
 *
 * status: ok
 * prints: held
 */
#include "attempt.h"
#include <sys/ptrace.h>
#include <sys/uio.h>

int
main(void)
{
	char data[64];
	struct iovec here = { data, sizeof(data) }, there = { (void *)0x400000, sizeof(data) };

	REFUSED(ptrace(PTRACE_ATTACH, 1, 0, 0));
	REFUSED(ptrace(PTRACE_SEIZE, 1, 0, 0));
	REFUSED(ptrace(PTRACE_TRACEME, 0, 0, 0));
	REFUSED(process_vm_readv(1, &here, 1, &there, 1, 0));
	REFUSED(process_vm_writev(1, &here, 1, &there, 1, 0));
	int pidfd = (int)syscall(SYS_pidfd_open, 1, 0);
	for (int fd = 0; fd < 16; fd++)
		REFUSED(syscall(SYS_pidfd_getfd, pidfd, fd, 0));
	REFUSED(syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0));
	REFUSED(syscall(SYS_kcmp, 1, getpid(), 0, 0, 0));
	REFUSED(syscall(SYS_process_madvise, pidfd, &there, 1, 21, 0));
	REFUSED(syscall(SYS_setns, pidfd, 0x00020000));
	return held();
}
