/*
 * door_x32.c - the door of x32 ends who opens it
 *
 * status: runtime_error
 * signal: 31
 */
#include "attempt.h"

int
main(void)
{
	long r = syscall(0x40000000 + SYS_getpid);

	printf("ESCAPED: %ld\n", r);
	return 0;
}
