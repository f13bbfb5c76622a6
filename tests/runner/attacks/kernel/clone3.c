/*
 * clone3.c - clone3, whose flags no filter can see, does not exist
 *
 * status: ok
 * prints: held
 */
#include "attempt.h"
#include <linux/sched.h>
#include <sched.h>

int
main(void)
{
	struct clone_args a = { .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD };

	REFUSED(syscall(SYS_clone3, &a, sizeof(a)));
	if (errno != ENOSYS)
		printf("ESCAPED: clone3 says %s\n", strerror(errno));
	a.flags = 0;
	REFUSED(syscall(SYS_clone3, &a, sizeof(a)));
	return held();
}
