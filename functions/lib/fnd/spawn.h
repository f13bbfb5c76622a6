/*
 * spawn.h - how a function gets its socket, and a worker its surroundings.
 */
#ifndef FND_SPAWN_H
#define FND_SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

/* Whom workers run as. Only root can choose; anyone else's workers stay who they are. */
struct identity {
	bool change;
	uid_t uid;
	gid_t gid;
};

/* By the names of a user and a group. 0, or -1 with the reason in the log. */
int spawn_identity(const char *user, const char *group, struct identity *out);

/* Listens on $VIVA_RUN/fn/<name>.sock, whatever was there before: the descriptor, or -1 with the reason in the log. */
int spawn_listen(const char *name, const struct identity *who);

/* Removes the socket's name. */
void spawn_forget(const char *name);

/*
 * Starts `program` with the listening socket as file descriptor 0, its own database role and no rights but
 * `who`'s. It is told SIGTERM when we die, however we die. The process id, or -1 with the reason in the log.
 */
pid_t spawn_worker(const char *name, const char *program, int listener, const struct identity *who);

#endif
