/*
 * keys.c - the kernel's keyrings, which are not of any namespace, are shut
 *
 * status: ok
 * prints: held
 */
#include "attempt.h"

int
main(void)
{
	for (int operation = 0; operation < 32; operation++)
		REFUSED(syscall(SYS_keyctl, operation, -3, 0, 0, 0));
	REFUSED(syscall(SYS_add_key, "user", "a", "b", 1, -3));
	REFUSED(syscall(SYS_request_key, "user", "a", NULL, -3));
	return held();
}
