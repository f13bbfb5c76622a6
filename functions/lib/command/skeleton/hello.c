/*
 * hello.c - GET /api/skeleton: say hello.
 */
#include "api.h"

int
skeleton_hello(struct fn *fn, const struct skeleton_hello_params *params, struct skeleton_said *out)
{
	out->text = arena_printf(fn->arena, "Hello, %s", params->name != NULL ? params->name : "whoever you are");
	return 0;
}
