/*
 * init.c - process 1 of a sandbox: takes one job from the runner, sees it through, tells how it ended.
 *
 * Theory of operation. The container is started before anybody needs it. The init prepares all that can
 * be prepared, connects to the runner's socket (the one thing mounted into the container) and waits. A
 * job arrives with three descriptors; a child becomes the program (child.c). From then on the init
 * shares its container with hostile code and therefore does little: it reaps, obeys KILL, and when the
 * program itself has ended it kills whatever that left behind, tells the runner, and waits to be let go,
 * so that the runner can still read the container's cgroup. Then it exits and the container is gone.
 *
 * It never looks at anything the program could have made: no file, no path, no /proc of another process.
 * It runs as root with four capabilities (SETUID, SETGID, SETPCAP, KILL), the program as another user, so
 * that the program cannot signal, trace or renice it; it cannot be dumped. It holds no secret by the time the
 * program runs: the nonce was used up, and the socket is closed on exec.
 *
 * As process 1 it is immune to signals from inside. If the runner goes away, the socket ends, and so does all.
 */
#include "child.h"
#include "filter.h"
#include "message.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SOCKET "/.viva/s"

static uint8_t body[MESSAGE_MAX];	/* of the job; untouched pages cost nothing */

static void __attribute__((noreturn))
give_up(const char *what)
{
	fprintf(stderr, "init: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void
send_all(int fd, const void *data, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = send(fd, (const uint8_t *)data + done, len - done, MSG_NOSIGNAL);
		if (n < 0 && errno != EINTR)
			exit(0);	/* the runner is gone: so is the reason to be here */
		done += n > 0 ? (size_t)n : 0;
	}
}

static void
tell(int sock, enum message_kind kind, const void *data, size_t len)
{
	uint8_t frame[MESSAGE_HEAD + 512];

	if (len > 512)
		len = 512;
	message_head_put(frame, kind, (uint32_t)len);
	memcpy(frame + MESSAGE_HEAD, data, len);
	send_all(sock, frame, MESSAGE_HEAD + len);
}

static int
connect_runner(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX, .sun_path = SOCKET };
	const char *nonce = getenv("VIVA_NONCE");
	int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (nonce == NULL || sock < 0 || connect(sock, (struct sockaddr *)&to, sizeof(to)) < 0)
		give_up(SOCKET);
	tell(sock, MESSAGE_HELLO, nonce, strlen(nonce));
	clearenv();
	return sock;
}

/* Exactly len bytes; the runner going away is the ordinary end of a container nobody needed. */
static void
receive(int sock, void *data, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = recv(sock, (uint8_t *)data + done, len - done, 0);
		if (n == 0)
			exit(0);
		if (n < 0 && errno != EINTR)
			give_up("receive");
		done += n > 0 ? (size_t)n : 0;
	}
}

/* The first byte of the job's frame, and with it the three descriptors. */
static void
receive_descriptors(int sock, uint8_t *first, int fds[3])
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(3 * sizeof(int))];
	} control;
	struct iovec io = { first, 1 };
	struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1, .msg_control = &control,
		.msg_controllen = sizeof(control) };
	ssize_t n;

	do
		n = recvmsg(sock, &m, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n == 0)
		exit(0);
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	if (n < 0 || c == NULL || c->cmsg_type != SCM_RIGHTS || c->cmsg_len != CMSG_LEN(3 * sizeof(int)))
		give_up("job");
	memcpy(fds, CMSG_DATA(c), 3 * sizeof(int));
}

static void
receive_job(int sock, struct program *job, int fds[3])
{
	uint8_t head[MESSAGE_HEAD];
	enum message_kind kind;
	uint32_t len;

	receive_descriptors(sock, head, fds);
	receive(sock, head + 1, sizeof(head) - 1);
	errno = EPROTO;
	if (!message_head(head, &kind, &len) || kind != MESSAGE_JOB)
		give_up("job");
	receive(sock, body, len);
	if (!message_program(body, len, job))
		give_up("job");
}

static uint64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* Forks the child and waits until it is the program. Its complaint, if it has one, goes to the runner. */
static pid_t
start(int sock, const struct program *job, const int fds[3], const struct sock_fprog *filter)
{
	char complaint[256];
	int pipefd[2];

	if (pipe2(pipefd, O_CLOEXEC) < 0)
		give_up("pipe");
	pid_t pid = fork();
	if (pid < 0)
		give_up("fork");
	if (pid == 0)
		child_become(job, fds, filter, pipefd[1]);
	close(pipefd[1]);
	for (int i = 0; i < 3; i++)
		close(fds[i]);
	ssize_t n = read(pipefd[0], complaint, sizeof(complaint));
	close(pipefd[0]);
	if (n > 0)
		tell(sock, MESSAGE_FAILED, complaint, (size_t)n);
	else
		tell(sock, MESSAGE_STARTED, "", 0);
	return pid;
}

static void
add_usage(struct ending *e, const struct rusage *u)
{
	e->cpu_us += (uint64_t)u->ru_utime.tv_sec * 1000000 + (uint64_t)u->ru_utime.tv_usec;
	e->cpu_us += (uint64_t)u->ru_stime.tv_sec * 1000000 + (uint64_t)u->ru_stime.tv_usec;
	if ((uint64_t)u->ru_maxrss > e->memory_kb)
		e->memory_kb = (uint64_t)u->ru_maxrss;
}

/* Reaps what has died. True when the program itself was among it. */
static bool
reap(pid_t program, struct ending *e, int flags)
{
	struct rusage u;
	bool ended = false;
	int status;

	for (;;) {
		pid_t pid = wait4(-1, &status, flags, &u);
		if (pid < 0 && errno == EINTR)
			continue;
		if (pid <= 0)
			return ended;
		add_usage(e, &u);
		if (pid == program) {
			e->status = status;
			ended = true;
		}
	}
}

/* True when the runner wants the end of it: KILL, anything we do not know, or its own end. */
static bool
told_to_kill(int sock)
{
	uint8_t head[MESSAGE_HEAD];
	ssize_t n = recv(sock, head, sizeof(head), MSG_DONTWAIT);

	return n >= 0 || (errno != EAGAIN && errno != EINTR);
}

/* Until the program has ended, by itself or by order. Its exec has happened: nothing here blocks for long. */
static void
watch(int sock, int children, pid_t program, struct ending *e)
{
	struct pollfd p[] = { { .fd = children, .events = POLLIN }, { .fd = sock, .events = POLLIN } };
	struct signalfd_siginfo si;

	for (;;) {
		if (reap(program, e, WNOHANG))
			return;
		if (poll(p, 2, -1) < 0 && errno != EINTR)
			give_up("poll");
		if (p[0].revents != 0 && read(children, &si, sizeof(si)) < 0 && errno != EAGAIN)
			give_up("signalfd");
		if (p[1].revents != 0 && told_to_kill(sock)) {
			kill(-1, SIGKILL);
			reap(program, e, 0);
			return;
		}
	}
}

/* A signal nobody asked for would be lost on process 1 anyway; deaths of children are read from here. */
static int
child_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		give_up("sigprocmask");
	int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		give_up("signalfd");
	return fd;
}

int
main(void)
{
	struct sock_fprog filter;
	struct program job;
	struct ending e = { 0 };
	uint8_t out[MESSAGE_ENDING], done;
	int fds[3];

	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 || filter_make(&filter) < 0)
		give_up("filter");
	int children = child_signals();
	int sock = connect_runner();
	receive_job(sock, &job, fds);

	uint64_t began = now_us();
	pid_t program = start(sock, &job, fds, &filter);
	watch(sock, children, program, &e);
	e.wall_us = now_us() - began;

	/* All that still lives here came from the program. Killed in one sweep, so that none can outrun it. */
	kill(-1, SIGKILL);
	reap(program, &e, 0);
	message_ending_put(out, &e);
	tell(sock, MESSAGE_ENDED, out, sizeof(out));
	receive(sock, &done, 1);
	return 0;
}
