/*
 * local.h - sockets of this machine: by a path, and descriptors that are sent over them.
 *
 * Every descriptor that comes from here is closed on exec. -1 comes with errno, and leaves nothing open; a path that is
 * longer than a socket's may be is ENAMETOOLONG.
 */
#ifndef BASE_LOCAL_H
#define BASE_LOCAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define LOCAL_PATH 108		/* a path with its NUL */

/*
 * `type` as of socket(2), SOCK_NONBLOCK with it or not. `patience_s`: to connect, to send and to receive may take as
 * long, each; 0: no limit.
 */
int local_connect(const char *path, int type, int patience_s);

/*
 * Bound there, whatever was there before, with these rights and owners ((uid_t)-1 and (gid_t)-1: as they come). It does
 * not listen yet, so nobody can connect with other rights.
 */
int local_bind(const char *path, int type, mode_t mode, uid_t uid, gid_t gid);

/* It listens, at this path. */
bool local_listens(int fd, const char *path);

/* Two descriptors, with a byte that means nothing. */
bool local_send_pair(int to, const int fds[2]);
bool local_receive_pair(int from, int fds[2]);

#endif
