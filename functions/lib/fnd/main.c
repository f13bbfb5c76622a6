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
#include "identity.h"
#include "load.h"
#include "log.h"
#include "loop.h"
#include "manager.h"
#include "refuse.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <sys/signalfd.h>
#include <unistd.h>

static bool stopping;

static void
take_signal(void *fd)
{
	struct signalfd_siginfo info;

	if (read(*(const int *)fd, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == SIGCHLD)
		load_reap();
	else if (info.ssi_signo == SIGHUP && !stopping)
		load_scan(true);
	else if (info.ssi_signo != SIGHUP) {
		stopping = true;
		load_stop();
	}
}

/* Every signal is taken here, one after another. */
static int
hear_signals(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGCHLD);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Until it is told to end. */
static void
run(int signals)
{
	struct watch watch = { take_signal, &signals };

	loop_watch(signals, EPOLLIN, &watch);
	while (load_tick() || !stopping) {
		refuse_tick(clock_mono_ms());
		loop_once();
	}
}

/* Two would take the sockets and scoreboards from each other. */
static bool
is_alone(void)
{
	if (manager_begin() == 0)
		return true;
	if (errno != EAGAIN) {
		log_warn("fnd.lock: %s: fn reload will not find us", strerror(errno));
		return true;
	}
	log_error("another fnd is at work in the same VIVA_RUN");
	return false;
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

	for (int c; (c = getopt(argc, argv, "u:g:c:")) != -1;) {
		if (c == '?')
			return usage();
		*(c == 'u' ? &user : c == 'g' ? &group : &caller) = optarg;
	}
	if (argc > optind + 1)
		return usage();
	log_init("fnd");
	int signals = hear_signals();
	if (!is_alone())
		return EX_TEMPFAIL;
	if (signals < 0 || !identity_find(user, group, caller)
	    || load_open(argc > optind ? argv[optind] : manager_programs()) < 0)
		return EX_CONFIG;
	run(signals);
	return 0;
}
