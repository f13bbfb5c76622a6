/*
 * processor.c - sixty processes that spin get what one would get
 *
 * wall: 4000
 * status: time_limit
 * cpu: half
 */
#include "attempt.h"

int
main(void)
{
	for (int i = 0; i < 60; i++)
		if (fork() == 0)
			break;
	for (;;)
		;
}
