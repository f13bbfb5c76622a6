/*
 * openapi.c - GET /api/openapi.json: the contract, as this program was built from it.
 */
#include "api.h"

int
system_openapi(struct fn *fn, struct buf *out)
{
	(void)fn;
	buf_add(out, openapi_json, openapi_json_len);
	return 0;
}
