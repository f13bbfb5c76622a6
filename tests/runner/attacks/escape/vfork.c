/*
 * vfork.c - who waits in the kernel for a child that never comes is ended by its time
 *
 * wall: 1000
 * status: time_limit
 */
#include "attempt.h"

int
main(void)
{
	if (vfork() == 0)
		for (;;)
			pause();
	puts("ESCAPED: vfork returned");
	return 0;
}
