/*
 * init.c - process 1 of a sandbox: takes one job from the runner, sees it through, tells how it ended.
 *
 * Theory of operation. The container is started before anybody needs it. The init prepares all that can
 * be prepared, connects to the runner's socket (the one thing mounted into the container) and waits. A
 * job arrives; an interpreter that was held for it goes on (hold.c), or a child becomes the program (child.c), behind
 * the three descriptors that came before it or behind a terminal (terminal.c) whose other end goes to the runner. From
 * then on the init shares its container with hostile code and therefore does little: it reaps, obeys KILL, and when
 * the program itself has ended it kills whatever that left behind, tells the runner, and waits to be let go, so that
 * the runner can still read the container's cgroup. Then it exits and the container is gone.
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
#include "hold.h"
#include "terminal.h"
#include "wire.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
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

static void
close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* A socket that listens on this port of the container's own loopback; -1 where no door was wished for. */
static int
make_door(const char *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	if (port == NULL)
		return -1;
	at.sin_port = htons((uint16_t)strtoul(port, NULL, 10));
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 || listen(fd, 64) < 0)
		give_up("door");
	return fd;
}

static int
connect_runner(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX, .sun_path = SOCKET };
	const char *nonce = getenv("VIVA_NONCE");
	int door = make_door(getenv("VIVA_DOOR"));
	int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (nonce == NULL || sock < 0 || connect(sock, (struct sockaddr *)&to, sizeof(to)) < 0)
		give_up(SOCKET);
	wire_send(sock, MESSAGE_HELLO, nonce, strlen(nonce), door);
	clearenv();
	close_fd(&door);
	return sock;
}

/* An interpreter is started now, for a job that is still to come. */
static void
hold(int sock, struct program *program, const struct frame *f, const struct child *c, struct hold *h)
{
	char complaint[COMPLAINT_MAX];

	errno = EPROTO;
	if (!message_program(f->body, f->len, program) || program->flags != 0 || c->fds[2] < 0 || h->pid != 0)
		give_up("hold");
	if (hold_start(h, c, complaint))
		wire_send(sock, MESSAGE_HELD, "", 0, -1);
	else
		wire_send(sock, MESSAGE_FAILED, complaint, strlen(complaint), -1);
}

/* Until a job is here, whole, with its descriptors in c. What comes before it is done on the way. */
static void
receive_job(int sock, struct program *job, struct child *c, struct hold *h)
{
	struct frame f;

	for (wire_receive(sock, &f); f.kind != MESSAGE_JOB; wire_receive(sock, &f)) {
		errno = EPROTO;
		if (f.kind == MESSAGE_PIPES && f.fd_count == 3)
			memcpy(c->fds, f.fds, sizeof(c->fds));
		else if (f.kind == MESSAGE_HOLD)
			hold(sock, job, &f, c, h);
		else
			give_up("frame");
	}
	errno = EPROTO;
	if (!message_program(f.body, f.len, job) || c->fds[2] < 0 || f.fd_count != message_program_fds(job->flags))
		give_up("job");
	c->artifact = job->flags & PROGRAM_ARTIFACT ? f.fds[0] : -1;
	c->third = job->flags & PROGRAM_RESULT ? f.fds[f.fd_count - 1] : -1;
}

/* The job's terminal instead of its pipes; the runner gets the other end. */
static void
use_terminal(int sock, const struct program *job, struct child *c)
{
	int master, slave;

	if (terminal_open(job->uid, job->rows, job->columns, &master, &slave) < 0)
		give_up("terminal");
	wire_send(sock, MESSAGE_TERMINAL, "", 0, master);
	close(master);
	for (int i = 0; i < 3; i++) {
		close_fd(&c->fds[i]);
		c->fds[i] = i == 0 ? slave : fcntl(slave, F_DUPFD_CLOEXEC, 0);
	}
}

static uint64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* The program, in what is held or in a new child. A complaint, if there is one, goes to the runner. */
static pid_t
start(int sock, struct child *c, struct hold *h, uint64_t *cpu_before)
{
	char complaint[COMPLAINT_MAX] = "";
	pid_t pid;

	if (c->job->flags & PROGRAM_HELD && hold_alive(h)) {
		pid = h->pid;
		if (child_write(c, complaint))
			hold_go(h, cpu_before);
		else
			kill(pid, SIGKILL);
	} else {
		hold_end(h);
		if (c->job->flags & PROGRAM_TERMINAL)
			use_terminal(sock, c->job, c);
		pid = child_start(c, complaint);
	}
	for (int i = 0; i < 3; i++)
		close_fd(&c->fds[i]);
	close_fd(&c->artifact);
	close_fd(&c->third);
	wire_send(sock, complaint[0] != '\0' ? MESSAGE_FAILED : MESSAGE_STARTED, complaint, strlen(complaint), -1);
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

/* All that still lives here came from the program. Killed in one sweep, so that none can outrun it. */
static void
end(int sock, pid_t program, struct ending *e)
{
	struct frame f;
	uint8_t out[MESSAGE_ENDING];

	kill(-1, SIGKILL);
	reap(program, e, 0);
	message_ending_put(out, e);
	wire_send(sock, MESSAGE_ENDED, out, sizeof(out), -1);
	do
		wire_receive(sock, &f);
	while (f.kind == MESSAGE_KILL);		/* it crossed our ENDED */
}

int
main(void)
{
	struct sock_fprog filter;
	struct program job;
	struct child c = { .job = &job, .fds = { -1, -1, -1 }, .artifact = -1, .third = -1, .filter = &filter };
	struct hold h = { 0 };
	struct ending e = { 0 };
	uint64_t cpu_before = 0;

	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 || filter_make(&filter) < 0)
		give_up("filter");
	if (terminal_forbid() < 0)
		give_up("terminals");
	int children = child_signals();
	int sock = connect_runner();
	receive_job(sock, &job, &c, &h);

	uint64_t began = now_us();
	pid_t program = start(sock, &c, &h, &cpu_before);
	watch(sock, children, program, &e);
	e.wall_us = now_us() - began;
	e.cpu_us -= cpu_before < e.cpu_us ? cpu_before : e.cpu_us;
	end(sock, program, &e);
	return 0;
}
