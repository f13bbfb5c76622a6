/*
 * wait.c - GET /bench/wait: a function that is slow because what it asks is far away. It makes capacity a known number:
 * workers / 10 ms.
 */
#include "api.h"

#include <time.h>

#define WAIT_NS 10000000

int
bench_wait(struct fn *fn)
{
	(void)fn;
	nanosleep(&(struct timespec){ .tv_nsec = WAIT_NS }, NULL);
	return 0;
}
