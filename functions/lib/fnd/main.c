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
 * Nothing is kept on disk. Killed and started again, it takes the sockets over; its workers of before were told
 * to end by the kernel.
 */
#include "clock.h"
#include "log.h"
#include "workers.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <sys/wait.h>
#include <unistd.h>

/* build/fn for build/bin/fnd. */
static const char *
default_directory(void)
{
	static char path[1024];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 8);

	for (int slashes = 0; n > 0 && slashes < 2; n--)
		slashes += path[n - 1] == '/';
	if (n <= 0)
		return "build/fn";
	strcpy(path + n, "/fn");
	return path;
}

static void
reap(void)
{
	int status;

	for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
		workers_ended(pid, status, clock_mono_ms());
}

/* Until it is told to end; every signal is taken here, one after another. */
static void
run(const char *directory, const struct identity *who, const sigset_t *signals)
{
	bool stopping = false;

	while (!stopping || workers_left() > 0) {
		int64_t wait = workers_tick(clock_mono_ms());
		struct timespec time = { wait / 1000, wait % 1000 * 1000000 };
		int signal = stopping && workers_left() == 0 ? 0 : sigtimedwait(signals, NULL, &time);
		if (signal == SIGCHLD)
			reap();
		else if (signal == SIGHUP && !stopping)
			workers_load(directory, who);
		else if (signal == SIGTERM || signal == SIGINT) {
			stopping = true;
			workers_stop(clock_mono_ms());
		}
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
	sigset_t signals;

	for (int c; (c = getopt(argc, argv, "u:g:c:")) != -1;) {
		if (c == '?')
			return usage();
		*(c == 'u' ? &user : c == 'g' ? &group : &caller) = optarg;
	}
	if (argc > optind + 1)
		return usage();
	const char *directory = argc > optind ? argv[optind] : default_directory();
	log_init("fnd");
	sigemptyset(&signals);
	for (size_t i = 0; i < 4; i++)
		sigaddset(&signals, (const int[]){ SIGCHLD, SIGHUP, SIGTERM, SIGINT }[i]);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	if (spawn_identity(user, group, caller, &who) < 0 || workers_load(directory, &who) < 0)
		return EX_CONFIG;
	run(directory, &who, &signals);
	return 0;
}
