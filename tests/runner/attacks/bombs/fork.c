/*
 * fork.c - a fork bomb in C, every child of which forks and spins, ends with its time
 *
 * wall: 1500
 * status: time_limit
 */
#include "attempt.h"

int
main(void)
{
	for (;;)
		fork();
}
