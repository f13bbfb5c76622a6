/*
 * cleanup.c - a schedule: idempotency keys that nobody will send again are forgotten. Runs themselves are kept.
 */
#include "api.h"
#include "queries_runs.h"

int
runs_cleanup(struct fn *fn)
{
	return run_keys_sweep(fn->pg) < 0 ? -1 : 0;
}
