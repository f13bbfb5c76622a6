/*
 * respawn.c - two that start each other again do not outrun the end
 *
 * status: ok
 * prints: done
 */
#include "attempt.h"
#include <sys/prctl.h>

int
main(void)
{
	puts("done");
	fflush(stdout);
	if (fork() > 0)
		return 0;
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	for (;;)
		if (fork() == 0 && fork() == 0)
			setsid();
}
