/*
 * spawn.h - how a function gets its socket, and its zygote and workers their surroundings.
 */
#ifndef FND_SPAWN_H
#define FND_SPAWN_H

#include "scoreboard.h"

#include <stdbool.h>
#include <sys/types.h>

/*
 * Whom workers run as. Only root can choose; anyone else's workers stay who they are. A function whose user viva_<name>
 * exists runs as that user, others as `uid`; all have the group `gid`, which reaches PostgreSQL and Redis.
 */
struct identity {
	bool change;
	uid_t uid;
	gid_t gid;
	uid_t caller;	/* who may connect to functions: the gateway, and ... */
	gid_t dispatch;	/* ... the dispatcher's group; nobody else but root */
	gid_t realtime, signals;	/* of the broadcasters; `gid` where there are none */
};

/* By the names of users and a group. 0, or -1 with the reason in the log. */
int spawn_identity(const char *user, const char *group, const char *caller, struct identity *out);

/* Listens on $VIVA_RUN/fn/<name>.sock, whatever was there before: the descriptor, or -1 with the reason in the log. */
int spawn_listen(const char *name, const struct identity *who);

/* Opens or makes $VIVA_RUN/fn/<name>.board, which the group may read. NULL with the reason in the log. */
struct board *spawn_board(const char *name, const struct identity *who, int *fd);

/* Removes the names of its sockets. */
void spawn_forget(const char *name);

/* What a zygote is started with. */
struct place {
	const char *name, *program;
	int listener, board, takeover;
	const struct board_limits *limits;
};

/*
 * Starts the program as base/zygote.h says, with its own role, secrets and user, its memory limited, and no rights
 * but these; *control is our end. It lives on when we die. The process id, or -1 with the reason in the log.
 */
pid_t spawn_zygote(const struct place *at, const struct identity *who, int *control);

#endif
