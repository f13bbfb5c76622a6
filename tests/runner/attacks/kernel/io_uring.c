/*
 * io_uring.c - io_uring, which does what system calls do behind the filter's back, is shut
 *
 * status: ok
 * prints: held
 */
#include "attempt.h"

int
main(void)
{
	char params[256] = { 0 };

	REFUSED(syscall(SYS_io_uring_setup, 8, params));
	REFUSED(syscall(SYS_io_uring_enter, 0, 1, 1, 0, NULL, 0));
	REFUSED(syscall(SYS_io_uring_register, 0, 0, NULL, 0));
	REFUSED(syscall(SYS_io_setup, 8, params));
	return held();
}
