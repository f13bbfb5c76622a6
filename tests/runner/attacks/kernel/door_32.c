/*
 * door_32.c - the door for 32-bit programs ends who opens it, in C as well
 *
 * status: runtime_error
 * signal: 31
 */
#include "attempt.h"

int
main(void)
{
	long r = 20;

	__asm__ volatile("int $0x80" : "+a"(r) : : "memory", "r8", "r9", "r10", "r11");
	printf("ESCAPED: %ld\n", r);
	return 0;
}
