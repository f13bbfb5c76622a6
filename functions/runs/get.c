/*
 * get.c - GET /api/runs/{run}: how a run is doing.
 */
#include "run.h"

int
runs_get(struct fn *fn, const struct runs_get_params *params, struct run *out)
{
	return run_open(fn, params->run, WHO_MEMBER, out);
}
