/*
 * ways.c - GET /api/auth/ways: what this deployment has for who is not signed in.
 */
#include "account.h"

int
auth_ways(struct fn *fn, struct ways *out)
{
	(void)fn;
	out->recover = account_mails();
	return 0;
}
