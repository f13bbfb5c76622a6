/*
 * empty.c - GET /bench/empty: what the runtime costs when a function does nothing.
 */
#include "api.h"

int
bench_empty(struct fn *fn)
{
	(void)fn;
	return 0;
}
