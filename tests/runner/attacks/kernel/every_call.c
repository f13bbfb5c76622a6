/*
 * every_call.c - every system call there is, with arguments that make no sense, and the sandbox still stands
 *
 * status: ok
 * prints: held
 */
#include "attempt.h"

static const unsigned long odd[] = { 0, 1, ~0ul, 0x7fffffff, 4096, 0x00007fffffffe000ul };

int
main(void)
{
	for (long call = 0; call < 512; call++) {
		if (call == SYS_kill || call == SYS_tkill || call == SYS_tgkill)
			continue;		/* of itself it may kill all */
		pid_t pid = fork();
		if (pid == 0) {
			alarm(1);
			close(1);
			close(2);
			for (size_t i = 0; i < 6; i++)
				syscall(call, odd[i], odd[(i + 1) % 6], odd[(i + 2) % 6], odd[(i + 3) % 6], odd[i], 0);
			_exit(0);
		}
		for (int i = 0; pid > 0 && waitpid(pid, NULL, WNOHANG) == 0; i++) {
			usleep(1000);
			if (i > 20)
				kill(pid, SIGKILL);
		}
	}
	return held();
}
