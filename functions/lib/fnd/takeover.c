/*
 * takeover.c - see takeover.h.
 */
#include "takeover.h"

#include "config.h"
#include "log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

static bool
address(const char *name, const char *kind, struct sockaddr_un *to)
{
	*to = (struct sockaddr_un){ .sun_family = AF_UNIX };
	int n = snprintf(to->sun_path, sizeof(to->sun_path), "%s/fn/%s.%s",
	    config_str("VIVA_RUN", "/run/viva/state/run"), name, kind);
	return n > 0 && (size_t)n < sizeof(to->sun_path);
}

/* It listens, and under this name: what we were given is what we asked for. */
static bool
is_bound(int fd, const char *name, const char *kind)
{
	struct sockaddr_un wanted, has = { .sun_family = AF_UNIX };
	socklen_t len = sizeof(has), size = sizeof(int);
	int listens = 0;

	return address(name, kind, &wanted) && getsockname(fd, (struct sockaddr *)&has, &len) == 0
	    && getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens
	    && strcmp(wanted.sun_path, has.sun_path) == 0;
}

static bool
receive(int from, int fds[2])
{
	char space[CMSG_SPACE(2 * sizeof(int))], byte;
	struct iovec one = { &byte, 1 };
	struct msghdr m = { .msg_iov = &one, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof(space) };

	if (recvmsg(from, &m, MSG_CMSG_CLOEXEC) != 1)
		return false;
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	if (c == NULL || c->cmsg_type != SCM_RIGHTS || c->cmsg_len != CMSG_LEN(2 * sizeof(int)))
		return false;
	memcpy(fds, CMSG_DATA(c), 2 * sizeof(int));
	return true;
}

/* A zygote whose fnd still lives does not answer; nor does one that hangs. */
static int
reach(const char *name)
{
	const struct timeval patience = { 2, 0 };
	struct sockaddr_un at;
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (address(name, "ctl", &at) && connect(fd, (const struct sockaddr *)&at, sizeof(at)) == 0)
		return fd;
	close(fd);
	return -1;
}

int
takeover_ask(const char *name, int *listener, int *takeover)
{
	int fds[2], from = reach(name);

	*listener = *takeover = -1;
	if (from < 0)
		return -1;
	if (!receive(from, fds)) {
		log_warn("%s: who has its socket does not hand it over", name);
		close(from);
		return -1;
	}
	if (is_bound(fds[0], name, "sock") && is_bound(fds[1], name, "ctl")) {
		*listener = fds[0];
		*takeover = fds[1];
		return from;
	}
	log_error("%s: its zygote of before handed over something else than its sockets", name);
	close(fds[0]);
	close(fds[1]);
	close(from);
	return -1;
}

int
takeover_listen(const char *name)
{
	struct sockaddr_un at;
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	/* Ours alone from the beginning: nobody can connect before listen(2). */
	if (fd >= 0 && address(name, "ctl", &at) && (unlink(at.sun_path) == 0 || errno == ENOENT)
	    && bind(fd, (const struct sockaddr *)&at, sizeof(at)) == 0 && chmod(at.sun_path, 0600) == 0
	    && listen(fd, 4) == 0)
		return fd;
	log_error("cannot listen on %s: %s", at.sun_path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

bool
takeover_is_worker(pid_t pid, int listener)
{
	char path[64], has[64] = "", wanted[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/fd/0", (int)pid);
	if (pid <= 1 || fstat(listener, &st) < 0 || readlink(path, has, sizeof(has) - 1) < 0)
		return false;
	snprintf(wanted, sizeof(wanted), "socket:[%llu]", (unsigned long long)st.st_ino);
	return strcmp(has, wanted) == 0;
}
