/*
 * redis_user.c - see redis_user.h.
 */
#include "redis_user.h"

#include "config.h"

#include <stdio.h>

struct redis_user
redis_user(void)
{
	struct redis_user u = { 0 };
	FILE *f = fopen(config_str("VIVA_REDIS_PASSFILE", ""), "re");

	if (f == NULL)
		return u;
	if (fscanf(f, "%63s %127s", u.name, u.password) != 2)
		u.name[0] = '\0';
	fclose(f);
	return u;
}

bool
redis_user_say(const struct redis_user *u, redisContext *c)
{
	return u->name[0] != '\0' && redisAppendCommand(c, "AUTH %s %s", u->name, u->password) == REDIS_OK;
}
