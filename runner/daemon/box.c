/*
 * box.c - see box.h.
 *
 * A box's directory holds the socket `s` and the program `init` (a hard link, so that one mount brings both). It
 * is mounted read-only at /.viva. The init connects, says the nonce it was made with, and the socket's name is
 * removed: nobody can connect again.
 *
 * Before a box may be used, the kernel is asked whether its init really is confined: an engine that dropped our
 * seccomp profile or our capability list without a word would be found here, not by an attacker.
 */
#include "box.h"

#include "box_spec.h"
#include "id.h"
#include "log.h"
#include "settings.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define HELLO_MS 20000		/* from the engine's "started" to the init's hello, on a bad day */

static int
failed(struct err *err, const char *what)
{
	return err_set(err, ERR_INTERNAL, "%s: %s", what, strerror(errno));
}

/* .init beside the boxes' directories, on the same file system, of this very build. */
int
box_prepare(struct err *err)
{
	char data[65536], to[512], now[600];
	ssize_t n;

	snprintf(to, sizeof(to), "%s/.init.new", settings.jobs);
	snprintf(now, sizeof(now), "%s/.init", settings.jobs);
	int in = open(settings.init, O_RDONLY | O_CLOEXEC);
	if (in < 0)
		return failed(err, settings.init);
	int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	while (out >= 0 && (n = read(in, data, sizeof(data))) > 0)
		if (write(out, data, (size_t)n) != n)
			break;
	close(in);
	if (out < 0 || fchmod(out, 0755) < 0 || close(out) < 0 || rename(to, now) < 0)
		return failed(err, to);
	return 0;
}

void
box_name(struct box *b, const struct lang *language)
{
	char id[ID_LEN + 1];

	memset(b, 0, sizeof(*b));
	id_new(id);
	snprintf(b->name, sizeof(b->name), "viva-%s-%.12s", language->name, id);
	b->language = language;
	b->sock = -1;
}

/* A listening socket `s` in the directory, however long the directory's own path is. */
static int
listen_in(const char *dir)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int d = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fd = d < 0 ? -1 : socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd >= 0) {
		snprintf(at.sun_path, sizeof(at.sun_path), "/proc/self/fd/%d/s", d);
		if (bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 || fchmodat(d, "s", 0600, 0) < 0 ||
		    listen(fd, 1) < 0) {
			close(fd);
			fd = -1;
		}
	}
	if (d >= 0)
		close(d);
	return fd;
}

static int
make_directory(const struct box *b, struct err *err)
{
	char dir[512], from[512], to[600];

	snprintf(dir, sizeof(dir), "%s/%s", settings.jobs, b->name);
	snprintf(from, sizeof(from), "%s/.init", settings.jobs);
	snprintf(to, sizeof(to), "%s/init", dir);
	if (mkdir(dir, 0700) < 0 || link(from, to) < 0)
		return failed(err, dir);
	int fd = listen_in(dir);
	return fd >= 0 ? fd : failed(err, dir);
}

void
box_forget(const struct box *b)
{
	char path[600];

	snprintf(path, sizeof(path), "%s/%s/s", settings.jobs, b->name);
	unlink(path);
	snprintf(path, sizeof(path), "%s/%s/init", settings.jobs, b->name);
	unlink(path);
	snprintf(path, sizeof(path), "%s/%s", settings.jobs, b->name);
	if (rmdir(path) < 0 && errno != ENOENT)
		log_warn("%s: %s", path, strerror(errno));
}

/* Reads exactly len bytes within the time, or says why not. */
static int
receive(int fd, void *data, size_t len, int ms, struct err *err)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	for (size_t done = 0; done < len;) {
		if (poll(&p, 1, ms) <= 0)
			return err_set(err, ERR_BUSY, "the init did not say hello within %d ms", ms);
		ssize_t n = recv(fd, (uint8_t *)data + done, len - done, MSG_DONTWAIT);
		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
			return err_set(err, ERR_BUSY, "the init hung up");
		done += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

static int
hello(struct box *b, const char *nonce, struct err *err)
{
	uint8_t head[MESSAGE_HEAD], said[MESSAGE_NONCE];
	enum message_kind kind;
	uint32_t len;

	if (receive(b->sock, head, sizeof(head), HELLO_MS, err) < 0)
		return -1;
	if (!message_head(head, &kind, &len) || kind != MESSAGE_HELLO || len != MESSAGE_NONCE)
		return err_set(err, ERR_INTERNAL, "the init of %s said something else than hello", b->name);
	if (receive(b->sock, said, sizeof(said), HELLO_MS, err) < 0)
		return -1;
	if (memcmp(said, nonce, MESSAGE_NONCE) != 0)
		return err_set(err, ERR_INTERNAL, "the init of %s does not know its nonce", b->name);
	return 0;
}

static int
wait_for_init(struct box *b, int listener, const char *nonce, struct err *err)
{
	struct pollfd p = { .fd = listener, .events = POLLIN };
	struct ucred peer = { 0 };
	socklen_t len = sizeof(peer);

	if (poll(&p, 1, HELLO_MS) <= 0)
		return err_set(err, ERR_BUSY, "the init did not connect within %d ms", HELLO_MS);
	b->sock = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (b->sock < 0)
		return failed(err, "accept");
	if (getsockopt(b->sock, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0)
		b->init = peer.pid;
	return hello(b, nonce, err);
}

/* The value of a line of /proc/<pid>/status. */
static bool
status_of(pid_t pid, const char *key, char *out, size_t room)
{
	char path[64], line[256];
	size_t n = strlen(key);
	bool found = false;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	FILE *f = fopen(path, "re");
	while (f != NULL && !found && fgets(line, sizeof(line), f) != NULL) {
		found = strncmp(line, key, n) == 0 && line[n] == ':';
		if (found)
			snprintf(out, room, "%.*s", (int)strcspn(line + n + 2, "\n"), line + n + 2);
	}
	if (f != NULL)
		fclose(f);
	return found;
}

/* KILL (5), SETGID (6), SETUID (7), SETPCAP (8) and nothing else; a filter; no new privileges. */
static int
confined(const struct box *b, struct err *err)
{
	static const struct { const char *key, *want; } lines[] = {
		{ "Seccomp", "2" }, { "NoNewPrivs", "1" },
		{ "CapBnd", "00000000000001e0" }, { "CapEff", "00000000000001e0" },
	};
	char got[64];

	if (b->init == 0)
		return err_set(err, ERR_INTERNAL,
		    "the init of %s is not to be seen from here: the engine must run on this host", b->name);
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		if (!status_of(b->init, lines[i].key, got, sizeof(got)) || strcmp(got, lines[i].want) != 0)
			return err_set(err, ERR_INTERNAL,
			    "%s is not confined: %s is %s, not %s; the engine ignored what it was told",
			    b->name, lines[i].key, got, lines[i].want);
	return 0;
}

static int
start(struct box *b, struct docker *d, int listener, struct err *err)
{
	char nonce[ID_LEN + 1];
	struct buf spec = { 0 };

	id_new(nonce);
	box_spec(&spec, b, nonce);
	int r = docker_create(d, err, b->name, buf_cstr(&spec));
	buf_free(&spec);
	if (r < 0 || docker_start(d, err, b->name) < 0 || wait_for_init(b, listener, nonce, err) < 0 ||
	    confined(b, err) < 0)
		return -1;
	if (!cgroup_find(&b->cgroup, b->init))
		return err_set(err, ERR_INTERNAL,
		    "the cgroup of %s is not to be found: runner/check-host says more", b->name);
	if (!cgroup_burst(&b->cgroup, settings.cpu_burst_us))
		log_debug("no cpu burst on this kernel: %s starts slower", b->language->name);
	return 0;
}

int
box_make(struct box *b, struct docker *d, struct err *err)
{
	char path[600];
	int listener = make_directory(b, err);

	if (listener < 0)
		return -1;
	int r = start(b, d, listener, err);
	close(listener);
	snprintf(path, sizeof(path), "%s/%s/s", settings.jobs, b->name);
	unlink(path);
	return r;
}

bool
box_alive(const struct box *b)
{
	uint8_t byte;

	return recv(b->sock, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && (errno == EAGAIN || errno == EINTR);
}

static int
send_all(int fd, const uint8_t *data, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, data, len, MSG_NOSIGNAL);
		if (n < 0 && errno != EINTR)
			return -1;
		data += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return 0;
}

int
box_send(const struct box *b, struct err *err, const uint8_t *frame, size_t len, const int fds[3])
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(3 * sizeof(int))];
	} control = { 0 };
	struct iovec io = { (void *)(uintptr_t)frame, 1 };
	struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1, .msg_control = &control,
		.msg_controllen = sizeof(control) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(3 * sizeof(int));
	memcpy(CMSG_DATA(c), fds, 3 * sizeof(int));
	if (sendmsg(b->sock, &m, MSG_NOSIGNAL) != 1 || send_all(b->sock, frame + 1, len - 1) < 0)
		return err_set(err, ERR_BUSY, "%s: %s", b->name, strerror(errno));
	return 0;
}

void
box_tell(const struct box *b, enum message_kind kind)
{
	uint8_t head[MESSAGE_HEAD];

	message_head_put(head, kind, 0);
	send(b->sock, head, sizeof(head), MSG_NOSIGNAL | MSG_DONTWAIT);
}

void
box_kill(const struct box *b)
{
	if (b->init > 0 && b->sock >= 0)
		kill(b->init, SIGKILL);
}

int
box_remove(struct box *b, struct docker *d, struct err *err)
{
	if (b->sock >= 0)
		close(b->sock);
	b->sock = -1;
	if (docker_remove(d, err, b->name) < 0)
		return -1;
	box_forget(b);
	return 0;
}
