/*
 * exec_loop.c - who becomes itself again and again is ended by its time
 *
 * wall: 1500
 * status: time_limit
 */
#include "attempt.h"

int
main(int argc, char **argv)
{
	(void)argc;
	execv("/proc/self/exe", argv);
	puts("ESCAPED");
	return 1;
}
