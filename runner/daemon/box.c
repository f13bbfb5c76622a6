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
#include "box_talk.h"
#include "id.h"
#include "log.h"
#include "program.h"
#include "settings.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define SOCKETS_MAX (16 << 20)	/* bytes that wait in sockets, where the limit on memory does not count them */
#define HELLO_MS 20000		/* from the engine's "started" to the init's hello, on a bad day */
#define HOLD_MS_MAX 40000	/* the init itself gives up well before (hold.c) */

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
box_name(struct box *b, const struct box_wish *wish, uid_t uid)
{
	char id[ID_LEN + 1];

	memset(b, 0, sizeof(*b));
	id_new(id);
	snprintf(b->name, sizeof(b->name), "viva-%s-%.12s", wish->language->name, id);
	b->language = wish->language;
	b->image = wish->language->image;
	b->class = wish->class;
	b->limits = box_limits(wish->class);
	b->uid = uid;
	b->sock = b->in = b->out = b->err = b->door = b->terminal = -1;
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

static int
hello(struct box *b, const char *nonce, struct err *err)
{
	uint8_t head[MESSAGE_HEAD], said[MESSAGE_NONCE];
	enum message_kind kind;
	uint32_t len;

	if (!talk_receive(b->sock, head, sizeof(head), HELLO_MS, &b->door))
		return err_set(err, ERR_BUSY, "the init of %s did not say hello", b->name);
	if (!message_head(head, &kind, &len) || kind != MESSAGE_HELLO || len != MESSAGE_NONCE)
		return err_set(err, ERR_INTERNAL, "the init of %s said something else than hello", b->name);
	if (!talk_receive(b->sock, said, sizeof(said), HELLO_MS, NULL))
		return err_set(err, ERR_BUSY, "the init of %s hung up", b->name);
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

/* One end for us, which does not block, one for the program, which owns it: it may open /dev/stdout again. */
static int
make_pipe(int *ours, int *theirs, int our_end, uid_t uid)
{
	int p[2];

	if (pipe2(p, O_CLOEXEC) < 0)
		return -1;
	*ours = p[our_end];
	*theirs = p[!our_end];
	return fcntl(*ours, F_SETFL, O_NONBLOCK) < 0 || fchown(*theirs, uid, uid) < 0 ? -1 : 0;
}

static void
close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* What the program will have as its 0, 1, 2: known to the init before there is a job. */
static int
give_pipes(struct box *b, struct err *err)
{
	uint8_t head[MESSAGE_HEAD];
	int theirs[3] = { -1, -1, -1 };

	message_head_put(head, MESSAGE_PIPES, 0);
	int r = make_pipe(&b->in, &theirs[0], 1, b->uid);
	if (r == 0)
		r = make_pipe(&b->out, &theirs[1], 0, b->uid);
	if (r == 0)
		r = make_pipe(&b->err, &theirs[2], 0, b->uid);
	if (r == 0)
		r = talk_send(b->sock, head, sizeof(head), theirs, 3);
	if (r < 0)
		failed(err, b->name);
	for (int i = 0; i < 3; i++)
		close_fd(&theirs[i]);
	return r;
}

/*
 * Starts what the language holds. Without a limit on the processor, at low priority: nobody waits. A language whose
 * interpreter does not come up this way still runs, only slower. A box that gives no answer at all is of no use: the
 * answer could still come, and be taken for one about the job.
 */
static int
hold(struct box *b, struct err *err)
{
	struct program p = { 0 };
	struct box_said said;
	size_t len;

	program_fill(&p, b->language, b->language->hold, b->language->hold_count, b->language->file);
	p.env[p.envc++] = (struct program_text){ "VIVA_HOLD=3", 11 };
	talk_limits(b, &p);
	uint8_t *frame = message_program_put(&p, &len);
	if (frame == NULL)
		abort();
	message_head_put(frame, MESSAGE_HOLD, (uint32_t)(len - MESSAGE_HEAD));
	cgroup_quota(&b->cgroup, -1, BOX_PERIOD_US);
	struct pollfd answer = { .fd = b->sock, .events = POLLIN };
	bool answered = talk_send(b->sock, frame, len, NULL, 0) == 0 && poll(&answer, 1, HOLD_MS_MAX) == 1 &&
	    box_hear(b, &said);
	cgroup_quota(&b->cgroup, b->limits->cpu_quota_us, BOX_PERIOD_US);
	free(frame);
	if (!answered)
		return err_set(err, ERR_BUSY, "%s does not say whether its language is held", b->name);
	b->held = said.kind == MESSAGE_HELD;
	if (!b->held)
		log_warn("%s: what its language holds did not start; its programs start slower", b->name);
	return 0;
}

static int
start(struct box *b, const struct box_wish *wish, struct docker *d, int listener, struct err *err)
{
	char nonce[ID_LEN + 1];
	struct buf spec = { 0 };

	id_new(nonce);
	box_spec(&spec, b, wish, nonce);
	int r = docker_create(d, err, b->name, buf_cstr(&spec));
	buf_free(&spec);
	if (r < 0 || docker_start(d, err, b->name) < 0 || wait_for_init(b, listener, nonce, err) < 0 ||
	    confined(b, err) < 0 || give_pipes(b, err) < 0)
		return -1;
	if (!cgroup_find(&b->cgroup, b->init))
		return err_set(err, ERR_INTERNAL,
		    "the cgroup of %s is not to be found: runner/check-host says more", b->name);
	if (!cgroup_burst(&b->cgroup, b->limits->cpu_burst_us))
		log_debug("no cpu burst on this kernel: %s starts slower", b->language->name);
	if (!cgroup_sockets(&b->cgroup, SOCKETS_MAX))
		return err_set(err, ERR_INTERNAL, "the sockets of %s cannot be bounded", b->name);
	return wish->ahead && b->language->hold_count > 0 ? hold(b, err) : 0;
}

int
box_make(struct box *b, const struct box_wish *wish, struct docker *d, struct err *err)
{
	char path[600];
	int listener = make_directory(b, err);

	if (listener < 0)
		return -1;
	int r = start(b, wish, d, listener, err);
	close(listener);
	snprintf(path, sizeof(path), "%s/%s/s", settings.jobs, b->name);
	unlink(path);
	return r;
}

int64_t
box_cpu_us(const struct box *b)
{
	struct timespec own;
	clockid_t clock;
	int64_t all = cgroup_cpu_us(&b->cgroup);

	if (all < 0 || clock_getcpuclockid(b->init, &clock) != 0 || clock_gettime(clock, &own) < 0)
		return -1;
	return all - ((int64_t)own.tv_sec * 1000000 + own.tv_nsec / 1000);
}

void
box_wake(const struct box *b)
{
	cgroup_weight(&b->cgroup, 100);
}

void
box_kill(const struct box *b)
{
	if (b->init > 0 && b->sock >= 0)
		kill(b->init, SIGKILL);
}

void
box_spare(const struct box *b)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/oom_score_adj", (int)b->init);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "-1000", 5) != 5)
		log_debug("%s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	if (setpriority(PRIO_PROCESS, (id_t)b->init, -15) < 0)
		log_debug("%s: its priority stays: %s", b->name, strerror(errno));
}

void
box_end(const struct box *b)
{
	cgroup_quota(&b->cgroup, -1, BOX_PERIOD_US);
	box_tell(b, MESSAGE_KILL);
}

int
box_remove(struct box *b, struct docker *d, struct err *err)
{
	int *fds[] = { &b->sock, &b->in, &b->out, &b->err, &b->door, &b->terminal };

	for (size_t i = 0; i < sizeof(fds) / sizeof(*fds); i++)
		close_fd(fds[i]);
	if (docker_remove(d, err, b->name) < 0)
		return -1;
	box_forget(b);
	return 0;
}
