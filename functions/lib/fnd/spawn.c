/*
 * spawn.c - see spawn.h.
 */
#include "spawn.h"

#include "config.h"
#include "log.h"
#include "zygote.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#define BACKLOG 4096		/* as many as the kernel lets wait: a burst is not refused */

static gid_t
group_or(const char *name, gid_t otherwise)
{
	const struct group *g = getgrnam(name);

	return g != NULL ? g->gr_gid : otherwise;
}

int
spawn_identity(const char *user, const char *group, const char *caller, struct identity *out)
{
	*out = (struct identity){ .change = geteuid() == 0 };
	if (!out->change)
		return 0;
	const struct passwd *p = getpwnam(user);
	if (p == NULL) {
		log_error("there is no user %s: create it, or name another with -u", user);
		return -1;
	}
	out->uid = p->pw_uid;
	const struct group *g = getgrnam(group);
	if (g == NULL) {
		log_error("there is no group %s: create it, or name another with -g", group);
		return -1;
	}
	out->gid = g->gr_gid;
	const struct passwd *c = getpwnam(caller);
	if (c == NULL) {
		log_error("there is no user %s, who should call functions: name another with -c", caller);
		return -1;
	}
	out->caller = c->pw_uid;
	out->dispatch = group_or("viva_dispatch", out->gid);	/* without one the dispatcher is as everybody is */
	out->realtime = group_or("viva_realtime", out->gid);
	out->signals = group_or("viva_signals", out->gid);
	return 0;
}

/* $VIVA_RUN/fn/<name>.<kind> */
static bool
path_of(const char *name, const char *kind, char *to, size_t room)
{
	int n = snprintf(to, room, "%s/fn/%s.%s", config_str("VIVA_RUN", "/run/viva/state/run"), name, kind);

	return n > 0 && (size_t)n < room;
}

static bool
socket_address(const char *name, const char *kind, struct sockaddr_un *to)
{
	*to = (struct sockaddr_un){ .sun_family = AF_UNIX };
	return path_of(name, kind, to->sun_path, sizeof(to->sun_path));
}

/* Nobody can connect before listen(2), so nobody gets in between with the wrong mode. */
static bool
set_up(int fd, const struct sockaddr_un *at, const struct identity *who)
{
	if (unlink(at->sun_path) < 0 && errno != ENOENT)
		return false;
	if (bind(fd, (const struct sockaddr *)at, sizeof(*at)) < 0 || chmod(at->sun_path, 0660) < 0)
		return false;
	if (who->change && lchown(at->sun_path, who->caller, who->dispatch) < 0)
		return false;
	return listen(fd, BACKLOG) == 0;
}

int
spawn_listen(const char *name, const struct identity *who)
{
	struct sockaddr_un at;

	if (!socket_address(name, "sock", &at)) {
		log_error("the path of %s.sock is longer than a socket's may be: use a shorter VIVA_RUN", name);
		return -1;
	}
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && set_up(fd, &at, who))
		return fd;
	log_error("cannot listen on %s: %s", at.sun_path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

struct board *
spawn_board(const char *name, const struct identity *who, int *fd)
{
	char path[256];
	struct board *b = path_of(name, "board", path, sizeof(path)) ? board_open(path, name, fd) : NULL;

	if (b == NULL || (who->change && fchown(*fd, 0, who->gid) < 0)) {
		log_error("there is no scoreboard %s: %s", path, strerror(errno));
		return NULL;
	}
	return b;
}

void
spawn_forget(const char *name)
{
	char path[256];

	for (size_t i = 0; i < 2; i++)
		if (path_of(name, (const char *const[]){ "sock", "ctl" }[i], path, sizeof(path)))
			unlink(path);
}

/* Its secrets are those in a folder of its own, where there is one: nobody else's can be named by mistake. */
static void
set_environment(const char *name)
{
	char text[1024];

	setenv(ZYGOTE_VARIABLE, "1", 1);
	snprintf(text, sizeof(text), "%s/secrets/%s", config_str("VIVA_RUN", ""), name);
	if (access(text, F_OK) == 0)
		setenv("VIVA_SECRETS", text, 1);
	snprintf(text, sizeof(text), "%s user=viva_%s", config_str("VIVA_PG", ""), name);
	setenv("VIVA_PG", text, 1);
	snprintf(text, sizeof(text), "%s/viva_%s.pgpass", config_str("VIVA_SECRETS", ""), name);
	setenv("PGPASSFILE", text, 1);
	snprintf(text, sizeof(text), "%s/redis.pass", config_str("VIVA_SECRETS", ""));
	setenv("VIVA_REDIS_PASSFILE", text, 1);
}

/* As zygote.h has them; 1 is nothing, 2 stays the log. Ours may be in the way of each other: first all go aside. */
static bool
set_descriptors(const struct place *at, int control)
{
	const int to[] = { ZYGOTE_LISTENER, STDOUT_FILENO, ZYGOTE_BOARD, ZYGOTE_CONTROL, ZYGOTE_TAKEOVER };
	int from[] = { at->listener, open("/dev/null", O_RDWR | O_CLOEXEC), at->board, control, at->takeover };

	for (size_t i = 0; i < 5; i++)
		if ((from[i] = fcntl(from[i], F_DUPFD_CLOEXEC, ZYGOTE_TAKEOVER + 1)) < 0)
			return false;
	for (size_t i = 0; i < 5; i++)
		if (dup2(from[i], to[i]) < 0)
			return false;
	return true;
}

/* Of its own data: libraries and what is shared do not count. */
static bool
limit_memory(uint32_t mib)
{
	const struct rlimit most = { (rlim_t)mib << 20, (rlim_t)mib << 20 };

	return mib == 0 || setrlimit(RLIMIT_DATA, &most) == 0;
}

/* Of those who want it everybody has the same priority, the least there is. Where it is not allowed we do without. */
static void
set_priority(uint32_t live)
{
	const struct sched_param least = { .sched_priority = sched_get_priority_min(SCHED_RR) };

	if (live)
		sched_setscheduler(0, SCHED_RR, &least);
}

/* The groups by which it reaches what is not its own. */
static bool
join_groups(const struct board_limits *limits, const struct identity *who)
{
	gid_t groups[3] = { who->gid };
	size_t n = 1;

	if (limits->reach_realtime)
		groups[n++] = who->realtime;
	if (limits->reach_signals)
		groups[n++] = who->signals;
	return setgroups(n, groups) == 0;
}

/* The user viva_<name>, where there is one: then no function can read another's files or signal another's workers. */
static bool
drop_rights(const struct place *at, const struct identity *who)
{
	char user[64];
	uid_t uid = who->uid;
	gid_t gid = who->gid;

	snprintf(user, sizeof(user), "viva_%.48s", at->name);
	const struct passwd *own = who->change ? getpwnam(user) : NULL;
	if (own != NULL) {
		uid = own->pw_uid;
		gid = own->pw_gid;
	}
	if (who->change && (!join_groups(at->limits, who) || setresgid(gid, gid, gid) < 0
	    || setresuid(uid, uid, uid) < 0))
		return false;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

static _Noreturn void
become(const struct place *at, const struct identity *who, int control)
{
	char *argv[] = { (char *)(uintptr_t)at->program, NULL };
	sigset_t none;

	set_environment(at->name);
	set_priority(at->limits->live);
	close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);	/* what we were started with is none of its business */
	if (!set_descriptors(at, control) || !limit_memory(at->limits->memory) || !drop_rights(at, who)) {
		log_error("%s cannot be set up: %s", at->name, strerror(errno));
		_exit(EX_OSERR);
	}
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execv(at->program, argv);
	log_error("%s cannot be executed: %s", at->program, strerror(errno));
	_exit(EX_UNAVAILABLE);
}

pid_t
spawn_zygote(const struct place *at, const struct identity *who, int *control)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) < 0)
		return -1;
	fcntl(ends[1], F_SETFL, 0);	/* the zygote has nothing else to do than to wait */
	pid_t pid = fork();
	if (pid == 0)
		become(at, who, ends[1]);
	close(ends[1]);
	*control = ends[0];
	if (pid > 0)
		return pid;
	log_error("%s cannot be started: %s", at->name, strerror(errno));
	close(ends[0]);
	return -1;
}
