/*
 * local.c - see local.h.
 */
#include "local.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define PAIR (2 * sizeof(int))

_Static_assert(LOCAL_PATH == sizeof(((struct sockaddr_un *)0)->sun_path), "the room for a path");

/* A socket, and the address to use it with. */
static int
prepare(const char *path, int type, struct sockaddr_un *at)
{
	*at = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof(at->sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(at->sun_path, path);
	return socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
}

static int
give_up(int fd)
{
	int why = errno;

	if (fd >= 0)
		close(fd);
	errno = why;
	return -1;
}

int
local_connect(const char *path, int type, int patience_s)
{
	const struct timeval patience = { patience_s, 0 };
	struct sockaddr_un at;
	int fd = prepare(path, type, &at);

	if (fd < 0)
		return -1;
	if (patience_s > 0) {
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	}
	return connect(fd, (const struct sockaddr *)&at, sizeof(at)) == 0 ? fd : give_up(fd);
}

int
local_bind(const char *path, int type, mode_t mode, uid_t uid, gid_t gid)
{
	struct sockaddr_un at;
	int fd = prepare(path, type, &at);

	if (fd >= 0 && (unlink(path) == 0 || errno == ENOENT) && bind(fd, (const struct sockaddr *)&at, sizeof(at)) == 0
	    && lchown(path, uid, gid) == 0 && chmod(path, mode) == 0)
		return fd;
	return give_up(fd);
}

bool
local_listens(int fd, const char *path)
{
	struct sockaddr_un has = { .sun_family = AF_UNIX };
	socklen_t len = sizeof(has), size = sizeof(int);
	int listens = 0;

	return getsockname(fd, (struct sockaddr *)&has, &len) == 0
	    && getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens
	    && strncmp(has.sun_path, path, sizeof(has.sun_path)) == 0;
}

bool
local_send_pair(int to, const int fds[2])
{
	char space[CMSG_SPACE(PAIR)] = { 0 }, byte = 0;
	struct iovec one = { &byte, 1 };
	struct msghdr m = { .msg_iov = &one, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof(space) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(PAIR);
	memcpy(CMSG_DATA(c), fds, PAIR);
	return sendmsg(to, &m, MSG_NOSIGNAL) == 1;
}

bool
local_receive_pair(int from, int fds[2])
{
	char space[CMSG_SPACE(PAIR)], byte;
	struct iovec one = { &byte, 1 };
	struct msghdr m = { .msg_iov = &one, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof(space) };

	if (recvmsg(from, &m, MSG_CMSG_CLOEXEC) != 1)
		return false;
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	if (c == NULL || c->cmsg_type != SCM_RIGHTS || c->cmsg_len != CMSG_LEN(PAIR))
		return false;
	memcpy(fds, CMSG_DATA(c), PAIR);
	return true;
}
