/*
 * sweep.c - a schedule: objects whose run was never written, or ended without them, are given to be deleted.
 *
 * Whoever stores an object announces it first (object_new), and may die before a run refers to it. That is looked at a
 * day later, by the row alone: the store need not be able to list what it has. A run that has not ended may still come
 * to refer to what its runner stored, however long ago (the database was away), so its objects are left alone.
 */
#include "api.h"
#include "queries_runs.h"

#define AT_ONCE 500

int
runs_sweep(struct fn *fn)
{
	return objects_sweep(fn->pg, AT_ONCE) < 0 ? -1 : 0;
}
