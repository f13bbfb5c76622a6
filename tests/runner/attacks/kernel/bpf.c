/*
 * bpf.c - no program for the kernel's own machine, neither by bpf() nor behind a socket or a filter
 *
 * status: ok
 * prints: held
 */
#include "attempt.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>

int
main(void)
{
	struct sock_filter allow[] = { BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW) };
	struct sock_fprog program = { 1, allow };
	char attr[128] = { 0 };
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	for (int command = 0; command < 40; command++)
		REFUSED(syscall(SYS_bpf, command, attr, sizeof(attr)));
	REFUSED(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program));
	REFUSED(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program));
	REFUSED(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
	REFUSED(setsockopt(s, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)));
	REFUSED(setsockopt(s, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program, sizeof(program)));
	return held();
}
