/*
 * place.c - see place.h.
 */
#include "place.h"

#include "identity.h"
#include "log.h"
#include "manager.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define BACKLOG 4096		/* as many as the kernel lets wait: a burst is not refused */
#define PATIENCE_S 2		/* for a zygote that has the sockets: one that hangs does not hand them over */

static bool
open_board(struct place *at)
{
	char path[LOCAL_PATH];

	if (manager_path(at->name, "board", path))
		at->board = board_open(path, at->name, &at->board_fd);
	if (at->board != NULL && (!identity.change || fchown(at->board_fd, 0, identity.gid) == 0))
		return true;
	log_error("%s has no scoreboard: %s", at->name, strerror(errno));
	return false;
}

/* A listening socket, or -1 with the reason in the log. */
static int
listen_at(const char *path, int type, mode_t mode, uid_t uid, gid_t gid)
{
	int fd = local_bind(path, type | SOCK_NONBLOCK, mode, uid, gid);

	if (fd >= 0 && listen(fd, BACKLOG) == 0)
		return fd;
	log_error("cannot listen on %s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

/* From the zygote of before, where there is one. What we are given must be what we asked for. */
static bool
take_over(struct place *at)
{
	int fds[2] = { -1, -1 }, from = local_connect(at->ctl, SOCK_SEQPACKET, PATIENCE_S);

	if (from < 0)
		return false;
	if (local_receive_pair(from, fds) && local_listens(fds[0], at->sock) && local_listens(fds[1], at->ctl)) {
		at->listener = fds[0];
		at->takeover = fds[1];
		at->keeper = from;
		return true;
	}
	log_error("%s: who has its sockets does not hand them over", at->name);
	close(fds[0]);
	close(fds[1]);
	close(from);
	return false;
}

bool
place_open(struct place *at, const char *directory, const char *name)
{
	*at = (struct place){ .listener = -1, .takeover = -1, .keeper = -1, .board_fd = -1 };
	snprintf(at->name, sizeof(at->name), "%s", name);
	snprintf(at->program, sizeof(at->program), "%.900s/%s", directory, name);
	if (!manager_path(name, "sock", at->sock) || !manager_path(name, "ctl", at->ctl)) {
		log_error("the path of %s.sock is longer than a socket's may be: use a shorter VIVA_RUN", name);
		return false;
	}
	if (!open_board(at))
		return false;
	if (!take_over(at)) {
		at->listener = listen_at(at->sock, SOCK_STREAM, 0660, identity.caller, identity.dispatch);
		at->takeover = listen_at(at->ctl, SOCK_SEQPACKET, 0600, (uid_t)-1, (gid_t)-1);
	}
	return at->listener >= 0 && at->takeover >= 0;
}

void
place_settle(struct place *at)
{
	if (at->keeper < 0)
		return;
	send(at->keeper, "", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
	close(at->keeper);
	at->keeper = -1;
}

/* A scoreboard may say anything, but only who was given our socket as descriptor 0 has it there. */
static bool
is_worker(const struct place *at, pid_t pid)
{
	char path[64], has[64] = "", wanted[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/fd/0", (int)pid);
	if (fstat(at->listener, &st) < 0 || readlink(path, has, sizeof(has) - 1) < 0)
		return false;
	snprintf(wanted, sizeof(wanted), "socket:[%llu]", (unsigned long long)st.st_ino);
	return strcmp(has, wanted) == 0;
}

/* Whom we hold is who we look at: its number is nobody else's, or what we hold is dead. */
bool
place_signal(const struct place *at, pid_t pid, int signal)
{
	int held = pid > 1 ? pidfd_open(pid, 0) : -1;
	bool done = held >= 0 && is_worker(at, pid) && pidfd_send_signal(held, signal, NULL, 0) == 0;

	if (held >= 0)
		close(held);
	return done;
}

void
place_forget(const struct place *at)
{
	unlink(at->sock);
	unlink(at->ctl);
}

void
place_close(struct place *at)
{
	const int fds[] = { at->listener, at->takeover, at->keeper, at->board_fd };

	for (size_t i = 0; i < sizeof(fds) / sizeof(*fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	board_free(at->board);
}
