/*
 * cleanup.c - a schedule: invites that expired long ago are removed. Until then, who follows one is told so.
 */
#include "api.h"
#include "queries_rooms.h"

int
rooms_cleanup(struct fn *fn)
{
	return invite_sweep(fn->pg) < 0 ? -1 : 0;
}
