/*
 * identity.h - whom functions run as, and whose their sockets are.
 *
 * Only root can choose; anyone else's workers stay who they are, and what we make is ours. A function whose user
 * viva_<name> exists runs as that user, others as `uid`; all have the group `gid`, which reaches PostgreSQL and Redis.
 */
#ifndef FND_IDENTITY_H
#define FND_IDENTITY_H

#include "scoreboard.h"

#include <stdbool.h>
#include <sys/types.h>

extern struct identity {
	bool change;		/* we are root */
	uid_t uid;
	gid_t gid;
	uid_t caller;		/* who may connect to functions: the gateway, and ... */
	gid_t dispatch;		/* ... the dispatcher's group; nobody else but root */
	gid_t realtime, signals;	/* of the broadcasters; these three are `gid` where there is no such group */
} identity;

/* By the names of users and a group; to be called first. False with the reason in the log. */
bool identity_find(const char *user, const char *group, const char *caller);

/* This process becomes the function's, which can read no other's files nor signal its workers. False with errno. */
bool identity_take(const char *name, const struct board_limits *limits);

#endif
