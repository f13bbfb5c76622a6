/*
 * fnd - the function manager: keeps workers behind a socket for each function.
 *
 *	fnd [-u user] [-g group] [-c caller] [directory]
 *
 * `directory` holds the functions' programs; without it, `../fn` beside our own directory. Started by root, workers
 * run as the user viva_<function>, or where there is none as `user` (viva); `group` (viva) reaches the services.
 * Functions' sockets are `caller`'s (www-data, the gateway).
 *
 *	SIGHUP		looks for programs anew and replaces every worker; the old ones finish their requests
 *	SIGTERM		stops taking requests, lets workers finish, ends
 *
 * The directory is watched: a program (or its pool.conf, beside it as <name>.conf) that changes is replaced likewise,
 * one that comes is served, one that goes is not.
 *
 * Nothing is kept on disk. Killed and started again, it takes the sockets over from those who held them meanwhile
 * (takeover.h): no request is lost. How a function is run is in pools.h, what it may take in conf.h.
 */
#include "clock.h"
#include "load.h"
#include "log.h"
#include "loop.h"
#include "manager.h"
#include "refuse.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

static bool stopping;

static void
reap(void)
{
	int status;

	load_hear();	/* of its start, before we hear of its end */
	for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
		load_reaped(pid, status, clock_mono_ms());
}

static void
take_signal(void *fd)
{
	struct signalfd_siginfo info;

	if (read(*(const int *)fd, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == SIGCHLD)
		reap();
	else if (info.ssi_signo == SIGHUP && !stopping)
		load_all();
	else if (info.ssi_signo != SIGHUP) {
		stopping = true;
		load_stop(clock_mono_ms());
	}
}

/* Every signal is taken here, one after another. */
static int
hear_signals(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	for (size_t i = 0; i < 4; i++)
		sigaddset(&signals, (const int[]){ SIGCHLD, SIGHUP, SIGTERM, SIGINT }[i]);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Until it is told to end. */
static void
run(int signals)
{
	struct watch watch = { take_signal, &signals };

	loop_watch(signals, EPOLLIN, &watch);
	while (!stopping || !load_is_empty()) {
		int64_t now = clock_mono_ms(), wait = load_tick(now), refusing = refuse_tick(now);
		loop_once(wait < refusing ? wait : refusing);
	}
}

static int
usage(void)
{
	fprintf(stderr, "usage: fnd [-u user] [-g group] [-c caller] [directory]\n");
	return EX_USAGE;
}

int
main(int argc, char **argv)
{
	const char *user = "viva", *group = "viva", *caller = "www-data";
	struct identity who;

	for (int c; (c = getopt(argc, argv, "u:g:c:")) != -1;) {
		if (c == '?')
			return usage();
		*(c == 'u' ? &user : c == 'g' ? &group : &caller) = optarg;
	}
	if (argc > optind + 1)
		return usage();
	const char *directory = argc > optind ? argv[optind] : manager_programs();
	log_init("fnd");
	int signals = hear_signals();
	if (manager_begin() < 0)
		log_warn("fnd.lock: %s: fn reload will not find us", strerror(errno));
	if (signals < 0 || loop_open() < 0 || spawn_identity(user, group, caller, &who) < 0
	    || load_open(directory, &who) < 0)
		return EX_CONFIG;
	run(signals);
	return 0;
}
