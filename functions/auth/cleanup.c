/*
 * cleanup.c - a schedule: what let somebody in and no longer does is removed.
 *
 * In small steps, so that no lock is held for long. Killed in between, or fired twice, it does the rest.
 */
#include "api.h"
#include "queries_auth.h"

#define STEP 500

int
auth_cleanup(struct fn *fn)
{
	int n;

	do
		n = session_sweep(fn->pg, STEP);
	while (n == STEP);
	return n < 0 || first_sweep(fn->pg) < 0 || recovery_sweep(fn->pg) < 0 ? -1 : 0;
}
