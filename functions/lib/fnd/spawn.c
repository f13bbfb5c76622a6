/*
 * spawn.c - see spawn.h.
 */
#include "spawn.h"

#include "config.h"
#include "identity.h"
#include "log.h"
#include "zygote.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

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
	int from[] = { at->listener, open("/dev/null", O_RDWR | O_CLOEXEC), at->board_fd, control, at->takeover };

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

static _Noreturn void
become(const struct place *at, const struct board_limits *limits, int control)
{
	char *argv[] = { (char *)(uintptr_t)at->program, NULL };
	sigset_t none;

	set_environment(at->name);
	set_priority(limits->live);
	close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);	/* what we were started with is none of its business */
	if (!set_descriptors(at, control) || !limit_memory(limits->memory)
	    || !identity_take(at->name, limits) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
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
spawn(const struct place *at, const struct board_limits *limits, int *control)
{
	int ends[2] = { -1, -1 };
	pid_t pid = socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0 ? -1 : fork();

	if (pid == 0)
		become(at, limits, ends[1]);
	if (pid < 0) {
		log_error("%s cannot be started: %s", at->name, strerror(errno));
		close(ends[0]);
	}
	close(ends[1]);
	*control = ends[0];
	return pid;
}
