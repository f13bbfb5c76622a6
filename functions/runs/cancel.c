/*
 * cancel.c - POST /api/runs/{run}/cancel: stop a run.
 *
 * One that still waits ends here and now. One that a runner has is only wished to end: the runner, which alone may
 * end it, reads the wish when the doorbell rings, or at its next heartbeat. Asking again is no error.
 */
#include "run.h"

int
runs_cancel(struct fn *fn, const struct runs_cancel_params *params, struct run *out)
{
	if (run_open(fn, params->run, WHO_EDITOR, out) < 0)
		return -1;
	int ended = run_cancel_queued(fn->pg, out->id, fn->me.participant);
	if (ended < 0)
		return -1;
	if (ended == 0) {
		int wished = run_cancel_wish(fn->pg, out->id);
		if (wished > 0)
			run_ring(fn, "cancels", out->id);
		return wished < 0 ? -1 : 0;
	}
	if (run_open(fn, params->run, WHO_EDITOR, out) < 0)
		return -1;
	run_tell(fn, out);
	return 0;
}
