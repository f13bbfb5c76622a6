/*
 * redis_user.h - as whom we are connected to Redis: schemas/redis.acl says what that one may do.
 *
 * $VIVA_REDIS_PASSFILE names a file `user password`. Where there is none we are Redis' default user.
 */
#ifndef IO_REDIS_USER_H
#define IO_REDIS_USER_H

#include <hiredis/hiredis.h>
#include <stdbool.h>

struct redis_user {
	char name[64], password[128];	/* "" where nobody gave us any */
};

struct redis_user redis_user(void);

/* Appends who we are to what is sent: whether there is an answer to read, before all others. */
bool redis_user_say(const struct redis_user *u, redisContext *c);

#endif
